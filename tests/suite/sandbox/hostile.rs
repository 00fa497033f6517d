//! Clients that nobody wants: each gets a clear refusal or a closed connection, and the others are
//! served all the while.

use std::time::Duration;

use serde_json::{Value, json};
use synctera_sandbox::Sandbox;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Caller, ada, answer};

impl Caller {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.sandbox.address()).await.unwrap()
    }

    /// Sends bytes, and reads what comes until the sandbox hangs up.
    async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        // Who is refused early need not hear it all.
        let _sent = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _closed = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A request, as text.
    fn head(&self, line: &str, more: &str) -> String {
        format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {}\r\n\
             {more}\r\n",
            self.key
        )
    }

    async fn is_well(&self) {
        self.post("/v2/persons", ada()).await.with(201);
        self.sandbox.audit().unwrap();
    }
}

fn status_of(answer: &str) -> u16 {
    let status = answer.split(' ').nth(1).and_then(|text| text.parse().ok());
    status.unwrap_or_else(|| panic!("no status in {answer:?}"))
}

#[tokio::test]
async fn bodies_that_are_too_large_are_not_read() {
    let caller = Caller::new().await;
    // Told beforehand, it is refused unread.
    let head = caller.head(
        "POST /v2/persons",
        "content-type: application/json\r\ncontent-length: 99999999999\r\n",
    );
    assert_eq!(status_of(&caller.raw(head.as_bytes()).await), 413);
    // Not told, it is read so far.
    for (media_type, size) in [("application/json", 5), ("multipart/form-data; boundary=x", 34)] {
        let more = format!("content-type: {media_type}\r\ntransfer-encoding: chunked\r\n");
        let mut bytes = caller.head("POST /v2/documents", &more).into_bytes();
        let piece = vec![b' '; 1024 * 1024];
        for _ in 0..size {
            bytes.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
            bytes.extend_from_slice(&piece);
            bytes.extend_from_slice(b"\r\n");
        }
        let answer = caller.raw(&bytes).await;
        // The answer may be lost when the rest is still on its way.
        assert!(answer.is_empty() || status_of(&answer) == 413, "{media_type}: {answer}");
    }
    caller.is_well().await;
}

#[tokio::test]
async fn nonsense_is_refused_with_what_is_wrong() {
    let caller = Caller::new().await;
    let send = async |media_type: &str, body: Vec<u8>| {
        let request = caller.request("POST", "/v2/persons").header("content-type", media_type);
        answer(request.body(body)).await
    };
    let deep = |open: &str, close: &str| {
        format!("{}1{}", open.repeat(100_000), close.repeat(100_000)).into_bytes()
    };
    for body in [
        deep("[", "]"),
        deep(r#"{"a":"#, "}"),
        b"\xff\xfe".to_vec(),
        b"{\"status\": \"\xc3\x28\"}".to_vec(),
        b"{\"status\": \"\\ud800\"}".to_vec(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"{} {}".to_vec(),
        b"".to_vec(),
        [b"{\"metadata\":{".as_slice(), &b"\"a\":1,".repeat(200_000), b"\"b\":1}}"].concat(),
        format!("{{\"status\": 1e{}}}", "9".repeat(5000)).into_bytes(),
        format!("{{\"first_name\": \"{}\"}}", "\\u0000".repeat(100_000)).into_bytes(),
    ] {
        let refused = send("application/json", body.clone()).await;
        let start = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        assert_eq!(refused.status, 400, "{start}: {}", refused.body);
        assert_eq!(refused.body["code"], "BAD_REQUEST_BODY", "{start}");
    }
    // A body as deep as a parser goes, where anything may stand.
    let mut person = ada();
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    person["metadata"] = json!({ "deep": deep });
    let taken = caller.post("/v2/persons", person).await;
    assert!([201, 400].contains(&taken.status), "{}", taken.body);

    for form in
        ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x"]
    {
        let request = caller.request("POST", "/v2/documents").header("content-type", form);
        let refused = answer(request.body("--y\r\n\r\nnothing")).await;
        assert_eq!(refused.status, 400, "{form}: {}", refused.body);
    }
    caller.is_well().await;
}

#[tokio::test]
async fn paths_lead_nowhere_but_where_they_say() {
    let caller = Caller::new().await;
    for path in [
        "/",
        "/v2",
        "/v2/",
        "//v2/persons",
        "/v2//persons",
        "/v2/persons/",
        "/V2/persons",
        "/v2/../v2/persons",
        "/v2/./persons",
        "/v2/persons/../persons",
        "/v2/%2e%2e/v2/persons",
        "/v2/persons%2f",
        "/v2/persons%00",
        "/v2/%70%65%72%73%6f%6e%73",
        "/v3/persons",
        "/v0persons",
        "/v2persons",
        "/v2/persons;a=b",
        "/widgets",
        "/widgets/cards/",
        "/widgets/cards/..%2f..%2fetc%2fpasswd",
        "/sandbox/../v2/persons",
        "/sandbox/",
        "/sandboxes",
    ] {
        let answer = caller.raw(caller.head(&format!("GET {path}"), "").as_bytes()).await;
        assert_eq!(status_of(&answer), 404, "{path}: {answer}");
    }
    for path in ["/v2/persons/%00", "/v2/persons/%ff", "/v2/persons/'%20OR%201=1", "/v2/persons/*"]
    {
        let answer = caller.raw(caller.head(&format!("GET {path}"), "").as_bytes()).await;
        assert!([400, 404].contains(&status_of(&answer)), "{path}: {answer}");
    }
    for query in ["limit=%ff", "limit=%", "limit=-1", "page_token=%00"] {
        let answer = caller.get(&format!("/v2/persons?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.body);
    }
    // What is no request at all.
    for bytes in [
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "GET /v2/persons HTTP/9.9\r\n\r\n",
        "\u{0}\u{1}\u{2}\r\n\r\n",
        "GET /v2/persons HTTP/1.1\r\nno colon\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut stream = caller.connect().await;
        stream.write_all(bytes.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        let _closed = stream.read_to_string(&mut answer).await;
        assert!(answer.is_empty() || status_of(&answer) == 400, "{bytes:?}: {answer}");
    }
    caller.is_well().await;
}

#[tokio::test]
async fn floods_of_headers_are_refused() {
    let caller = Caller::new().await;
    let many: String = (0..200).map(|n| format!("x-flood-{n}: 1\r\n")).collect();
    let answer = caller.raw(caller.head("GET /v2/persons", &many).as_bytes()).await;
    assert_eq!(status_of(&answer), 431);
    let long = format!("x-flood: {}\r\n", "a".repeat(1024 * 1024));
    let answer = caller.raw(caller.head("GET /v2/persons", &long).as_bytes()).await;
    assert!(answer.is_empty() || status_of(&answer) == 431, "{answer}");
    let far = format!("GET /v2/persons?a={}", "a".repeat(70 * 1024));
    let answer = caller.raw(caller.head(&far, "").as_bytes()).await;
    assert!((400..500).contains(&status_of(&answer)), "{answer}");
    // Headers that are no text are as if they were not there.
    let mut bytes =
        b"GET /v2/persons HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n".to_vec();
    bytes.extend_from_slice(b"authorization: Bearer \xff\xff\r\n\r\n");
    assert_eq!(status_of(&caller.raw(&bytes).await), 401);
    caller.is_well().await;
}

#[tokio::test]
async fn who_is_slow_is_hung_up_on() {
    let caller = Caller::on(Sandbox::builder().patience(Duration::from_millis(300))).await;
    let mut heads = Vec::new();
    for _ in 0..50 {
        let mut stream = caller.connect().await;
        stream.write_all(b"GET /v2/persons HTTP/1.1\r\nhost: localhost\r\n").await.unwrap();
        heads.push(stream);
    }
    let mut bodies = Vec::new();
    for _ in 0..50 {
        let mut stream = caller.connect().await;
        let more = "content-type: application/json\r\ncontent-length: 1000\r\n";
        stream.write_all(caller.head("POST /v2/persons", more).as_bytes()).await.unwrap();
        stream.write_all(b"{").await.unwrap();
        bodies.push(stream);
    }
    // They keep nobody waiting.
    caller.is_well().await;
    for stream in heads.iter_mut().chain(&mut bodies) {
        let mut answer = String::new();
        // It ends: that is the test.
        let _closed = stream.read_to_string(&mut answer).await;
        assert!(answer.is_empty() || status_of(&answer) == 408, "{answer}");
    }
    caller.is_well().await;
}

/// A byte a second is within the patience for each part, and within that for the whole. With a clock
/// that passes when there is nothing else to do.
#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_is_not_waited_for() {
    let caller = Caller::new().await;
    let mut stream = caller.connect().await;
    let more = "content-type: application/json\r\ncontent-length: 100\r\n";
    stream.write_all(caller.head("POST /v2/persons", more).as_bytes()).await.unwrap();
    let (mut receives, mut sends) = stream.split();
    let begun = tokio::time::Instant::now();
    let trickle = async {
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        for _ in 0..100 {
            seconds.tick().await;
            if sends.write_all(b" ").await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    let mut answer = String::new();
    tokio::select! {
        () = trickle => {}
        _ = receives.read_to_string(&mut answer) => {}
    }
    assert_eq!(status_of(&answer), 408, "{answer}");
    assert!(answer.contains("the body came too slowly"), "{answer}");
    let took = begun.elapsed();
    assert!((Duration::from_secs(4)..Duration::from_secs(8)).contains(&took), "{took:?}");
}

/// Bodies that do not come take most connections, and not all of them.
#[tokio::test]
async fn bodies_that_do_not_come_leave_connections_for_others() {
    let caller = Caller::new().await;
    let more = "content-type: application/json\r\ncontent-length: 100\r\n";
    let head = caller.head("POST /v2/persons", more);
    let mut streams = Vec::new();
    for _ in 0..768 {
        let mut stream = caller.connect().await;
        stream.write_all(head.as_bytes()).await.unwrap();
        streams.push(stream);
    }
    let whole = caller.head("GET /v2/persons", "");
    assert_eq!(status_of(&caller.raw(whole.as_bytes()).await), 200);
    // One more is refused at once, and does not wait for its time.
    let refused = caller.raw(head.as_bytes()).await;
    assert_eq!(status_of(&refused), 503, "{refused}");
    assert!(refused.contains("too many bodies"), "{refused}");
    // One that comes whole is not, and neither is the control API.
    caller.is_well().await;
    caller.post("/sandbox/clock", json!({ "advance": { "days": 1 } })).await.with(200);
    drop(streams);
    while status_of(&caller.raw(head.replace("100", "0").as_bytes()).await) == 503 {}
}

#[tokio::test]
async fn who_does_not_listen_is_hung_up_on() {
    let caller = Caller::on(Sandbox::builder().patience(Duration::from_millis(300))).await;
    for _ in 0..20 {
        caller.post("/v2/persons", ada()).await.with(201);
    }
    // Thousands of answers that nobody takes fill what the system keeps for a connection.
    let mut stream = caller.connect().await;
    let request = caller.head("GET /v2/persons", "").replace("connection: close\r\n", "");
    let pipeline = request.repeat(50);
    let refused = loop {
        if let Err(error) = stream.write_all(pipeline.as_bytes()).await {
            break error;
        }
    };
    assert!(
        matches!(
            refused.kind(),
            std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe
        ),
        "{refused}"
    );
    caller.is_well().await;
}

#[tokio::test]
async fn many_large_bodies_wait_for_each_other() {
    let caller = Caller::new().await;
    // Twenty connections with the beginning of a large body each: no more than some are kept.
    let mut streams = Vec::new();
    for _ in 0..20 {
        let mut stream = caller.connect().await;
        let more = "content-type: multipart/form-data; boundary=x\r\ncontent-length: 30000000\r\n";
        stream.write_all(caller.head("POST /v2/documents", more).as_bytes()).await.unwrap();
        let piece = vec![b' '; 2 * 1024 * 1024];
        // Who waits reads no more than the system's own buffers hold.
        let wrote =
            tokio::time::timeout(Duration::from_millis(200), stream.write_all(&piece)).await;
        streams.push((stream, wrote.is_ok()));
    }
    // Small ones do not wait.
    caller.is_well().await;
    drop(streams);
    caller.is_well().await;
}

#[tokio::test]
async fn answers_to_nobody_do_not_count() {
    let caller = Caller::new().await;
    for _ in 0..50 {
        let mut stream = caller.connect().await;
        let body = ada().to_string();
        let more = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        stream.write_all(caller.head("POST /v2/persons", &more).as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        drop(stream);
    }
    caller.is_well().await;
    let state: Value = caller.get("/sandbox").await.with(200);
    assert!(state["resources"]["person"].as_u64().unwrap() <= 52, "{state}");
}
