"""The local AWS of zeroetl: ministack, started in-process, plus what it lacks."""
