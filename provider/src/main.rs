//! Wiring: Lambda's runtime, the AWS adapters and the handler. Nothing here can fail before the
//! first request is answered, except what Lambda itself must have set.

use std::time::{Duration, SystemTime};

use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use serde_json::value::RawValue;
use zeroetl_provider::{
    aws::{Aws, Endpoints},
    environment::Environment,
    handler::{Handler, Invocation},
    http, log,
    protocol::Courier,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::read();
    log::start(environment.log_level.as_deref());
    let client = http::client()?;
    let aws = Aws::new(
        client.clone(),
        environment.keys,
        environment.region,
        Endpoints {
            glue: environment.glue_endpoint,
            cloudformation: environment.cloudformation_endpoint,
        },
    );
    let handler = Handler::new(aws, Courier::new(client));
    let log_stream = environment
        .log_stream
        .unwrap_or_else(|| "unknown".to_owned());
    let (handler, log_stream) = (&handler, &log_stream);
    let service = service_fn(|event: LambdaEvent<Box<RawValue>>| async move {
        let invocation = Invocation {
            remaining: remaining(event.context.deadline()),
            request_id: event.context.request_id,
            log_stream: log_stream.clone(),
            function_arn: event.context.invoked_function_arn,
        };
        // The value that Lambda logs as the result says nothing: the reply was the result.
        handler
            .handle(event.payload.get(), &invocation)
            .await
            .map_err(lambda_runtime::Error::from)
    });
    Runtime::new(service).run().await
}

fn remaining(deadline: SystemTime) -> Duration {
    deadline
        .duration_since(SystemTime::now())
        .unwrap_or_default()
}
