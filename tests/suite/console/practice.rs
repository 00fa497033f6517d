//! What the README tells somebody to do who knows no Rust: a webhook that breaks, and is repaired in the
//! console. Its commands are run as they stand there, at other ports.

use std::net::TcpListener;
use std::process::{Child, Command};

use super::{Console, links};

/// The block of commands of the README that has this text.
fn block(text: &str) -> String {
    let readme = include_str!("../../../README.md");
    let blocks = readme.split("```bash\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.filter(|block| block.contains(text)).collect()
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_broken_and_repaired() {
    let there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !there("curl") || !there("python3") {
        println!("skipped: this needs curl and python3");
        return;
    }
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    // A port that nobody has.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let bank = console.sandbox.address().port().to_string();
    let commands = block("/v2/webhooks");
    let (_, webhook) = commands.split_once("customer_journey\n").unwrap();
    let webhook = webhook.replace("8080", &bank).replace("8081", &port);
    let made = tokio::task::block_in_place(|| Command::new("bash").args(["-c", &webhook]).output());
    let made = String::from_utf8(made.unwrap().stdout).unwrap();
    assert!(made.contains("\"is_enabled\":true"), "{made}");

    // The email is changed on the customer's page, and nobody takes the event.
    let page = format!("/console/1_1/persons/{person}");
    let changed =
        console.post(&page, &format!("{page}/change_email"), &[("/email", "b@example.com")]).await;
    assert_eq!(changed.status, 303, "{}", changed.text);
    console.sandbox.deliver_webhooks().await.unwrap();
    let list = "/console/1_1/admin/webhooks";
    let webhooks = links(&console.page(list).await.ok());
    let webhook = webhooks.into_keys().find(|it| it.starts_with(&format!("{list}/"))).unwrap();
    let events = links(&console.page(&webhook).await.ok());
    let event = events.into_keys().find(|it| it.contains("/events/")).unwrap();
    let broken = console.page(&event).await.ok();
    assert!(broken.contains("<td>none</td>"), "{broken}");

    // The missing program starts, and the event is sent again.
    let receiver = block("http.server").replace("8081", &port);
    let program = Command::new("bash").args(["-c", &format!("exec {receiver}")]).spawn().unwrap();
    let _program = Running(program);
    while tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await.is_err() {
        tokio::task::yield_now().await;
    }
    let sent = console.post(&event, &format!("{event}/resend"), &[]).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let repaired = console.page(&event).await.ok();
    assert!(repaired.contains("<td>200</td>"), "{repaired}");
}
