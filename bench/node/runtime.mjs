// The loop of Lambda's Node runtime, as short as it can be: take an event, call, post the result.
// The published runtime client needs a C++ toolchain; this one is lighter, so it flatters Node.
import { handler } from "./handler.mjs";

const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;

for (;;) {
  const next = await fetch(`${base}/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  const deadline = Number(next.headers.get("lambda-runtime-deadline-ms"));
  const context = {
    awsRequestId: id,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  let verb = "response";
  let body;
  try {
    body = JSON.stringify((await handler(await next.json(), context)) ?? null);
  } catch (error) {
    verb = "error";
    body = JSON.stringify({
      errorType: error.name,
      errorMessage: error.message,
      trace: String(error.stack).split("\n"),
    });
    console.error(error);
  }
  const posted = await fetch(`${base}/${id}/${verb}`, { method: "POST", body });
  await posted.arrayBuffer();
}
