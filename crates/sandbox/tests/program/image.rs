//! The image without a container: the folder that the Dockerfile makes, as the root of the program.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What the Dockerfile sets.
const VARIABLES: [(&str, &str); 2] =
    [("SYNCTERA_SANDBOX_HOST", "0.0.0.0"), ("SYNCTERA_SANDBOX_DATA", "/data/bank.db")];

/// A command in the folder, as the image's user.
fn within(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("chroot");
    command
        .arg("--userspec=65532:65532")
        .arg(root)
        .arg("/usr/bin/synctera-sandbox")
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin")
        .envs(VARIABLES);
    command
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn dockerfile() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Dockerfile");
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn the_images_folder_is_all_that_the_program_needs() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("image");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("image.sh");
    let made = Command::new(script)
        .arg(env!("CARGO_BIN_EXE_synctera-sandbox"))
        .arg(&root)
        .output()
        .unwrap();
    let is_permitted = std::fs::metadata(root.join("data")).is_ok_and(|data| data.uid() == 65532);
    if !made.status.success() || !is_permitted {
        let why = String::from_utf8_lossy(&made.stderr).into_owned();
        println!("skipped: making the folder needs root, strip and ldd: {why}");
        return;
    }
    // A folder that others may enter, as the root of an image is.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let version = within(&root, &["--version"]).output().unwrap();
    if String::from_utf8_lossy(&version.stderr).starts_with("chroot: cannot change root") {
        println!("skipped: chroot is not permitted");
        return;
    }
    assert_eq!(
        String::from_utf8_lossy(&version.stdout),
        concat!("synctera-sandbox ", env!("CARGO_PKG_VERSION"), "\n"),
        "{version:?}"
    );

    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let port = port.to_string();
    let started = within(&root, &["--port", &port])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut running = Running(started);
    let until = Instant::now() + Duration::from_secs(30);
    // As the runtime of containers does.
    while !within(&root, &["healthcheck", "--port", &port]).output().unwrap().status.success() {
        assert!(Instant::now() < until, "it does not get healthy");
        assert!(running.0.try_wait().unwrap().is_none(), "it ended");
        std::thread::sleep(Duration::from_millis(50));
    }
    let data = std::fs::metadata(root.join("data/bank.db")).unwrap();
    assert_eq!((data.uid(), data.mode() & 0o777), (65532, 0o600));
}

/// What the test above runs is what the Dockerfile runs.
#[test]
fn the_dockerfile_says_the_same() {
    let dockerfile = dockerfile();
    for line in [
        "    && crates/sandbox/image.sh target/release/synctera-sandbox /image",
        "FROM scratch",
        "COPY --from=build /image /",
        "USER 65532:65532",
        "ENV SYNCTERA_SANDBOX_HOST=0.0.0.0 SYNCTERA_SANDBOX_PORT=8080",
        r#"    CMD ["/usr/bin/synctera-sandbox", "healthcheck"]"#,
        r#"ENTRYPOINT ["/usr/bin/synctera-sandbox"]"#,
    ] {
        assert!(dockerfile.lines().any(|written| written == line), "{line}");
    }
    // It has no token of its own, which everybody would know.
    assert!(!dockerfile.contains("SYNCTERA_SANDBOX_CONTROL_TOKEN="));
}
