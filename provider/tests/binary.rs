//! The built program as Lambda runs it: without credentials, at the highest log level. What it
//! promises under fire is tested in the workspace's `tests/`.
#![expect(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, SystemTime},
};

const SECRET: &str = "c2lnbmF0dXJl";

/// One HTTP request, whole.
fn request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    loop {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).unwrap();
        text.push_str(std::str::from_utf8(&part[..read]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(0, |(_, value)| value.parse().unwrap());
        if body.len() >= length {
            return text;
        }
    }
}

fn answer(stream: &mut TcpStream, headers: &str, body: &str) {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .unwrap();
}

/// The program, and a Runtime API that it talks to.
struct Lambda {
    program: Child,
    api: TcpListener,
}

impl Lambda {
    fn start() -> Self {
        let api = TcpListener::bind("127.0.0.1:0").unwrap();
        let program = Command::new(env!("CARGO_BIN_EXE_bootstrap"))
            .env_clear()
            .env(
                "AWS_LAMBDA_RUNTIME_API",
                api.local_addr().unwrap().to_string(),
            )
            .env("AWS_LAMBDA_FUNCTION_NAME", "f")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/21/[$LATEST]a")
            .env("RUST_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { program, api }
    }

    /// Hands out one event; gives the path and the body of what Lambda is told.
    fn invoke(&self, event: &str) -> (String, String) {
        let deadline = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            + Duration::from_secs(20);
        let (mut next, _) = self.api.accept().unwrap();
        assert!(request(&mut next).starts_with("GET /2018-06-01/runtime/invocation/next "));
        let headers = format!(
            "Lambda-Runtime-Aws-Request-Id: lambda-1\r\nLambda-Runtime-Deadline-Ms: {}\r\n\
             Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:111111111111:function:f\r\n",
            deadline.as_millis()
        );
        answer(&mut next, &headers, event);
        let (mut told, _) = self.api.accept().unwrap();
        let text = request(&mut told);
        answer(&mut told, "", "");
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().to_owned(), body.to_owned())
    }

    fn stop(mut self) -> String {
        self.program.kill().unwrap();
        let output = self.program.wait_with_output().unwrap();
        let bytes = [output.stdout, output.stderr].concat();
        String::from_utf8(bytes).unwrap()
    }
}

#[test]
fn the_program_answers_and_lives_on_and_says_nothing_of_the_url() {
    let lambda = Lambda::start();
    let replies = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "http://{}/a%7Cb?X-Amz-Signature={SECRET}",
        replies.local_addr().unwrap()
    );

    let (path, body) = lambda.invoke(&format!(r#"{{"Records":[{{"Sns":"{url}"}}]}}"#));
    assert!(
        path.ends_with("/lambda-1/error") && body.contains("SNS"),
        "{path} {body}"
    );
    let (path, body) = lambda.invoke(&format!(r#"{{"ResponseURL":"{url}""#));
    assert!(
        path.ends_with("/lambda-1/error") && !body.contains(SECRET),
        "{path} {body}"
    );

    let reply = thread::spawn(move || {
        let (mut stream, _) = replies.accept().unwrap();
        let text = request(&mut stream);
        answer(&mut stream, "", "");
        text
    });
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let event = format!(
        r#"{{"RequestType":"Delete","ResponseURL":"{url}","StackId":"s","RequestId":"cfn-1",
        "ResourceType":"Custom::GlueResourcePolicy","LogicalResourceId":"l",
        "PhysicalResourceId":"p","ResourceProperties":{{"x":{deep}}}}}"#
    );
    let (path, body) = lambda.invoke(&event);
    assert_eq!(
        (path.ends_with("/lambda-1/response"), body.as_str()),
        (true, "null")
    );
    let reply = reply.join().unwrap();
    assert!(reply.starts_with(&format!("PUT /a%7Cb?X-Amz-Signature={SECRET} HTTP/1.1\r\n")));
    for part in [
        r#""Status":"FAILED""#,
        r#""RequestId":"cfn-1""#,
        "the function has no usable credentials: ",
        "CloudWatch Log Stream: 2026/11/21/[$LATEST]a lambda-1\"",
    ] {
        assert!(reply.contains(part), "{part} in {reply}");
    }

    let output = lambda.stop();
    assert!(output.contains(r#""outcome":"FAILED""#), "{output}");
    assert!(!output.contains(SECRET), "{output}");
}
