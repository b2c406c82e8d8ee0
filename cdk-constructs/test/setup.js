// Every test looks at the constructs, not at what CDK's own validation says of the template; one test turns it on.
process.env.CDK_VALIDATION ??= 'false';
process.env.CDK_DISABLE_CLI_TELEMETRY = '1';
