use super::*;

fn written() -> Vec<Record> {
    let at: DateTime<Utc> = "2026-11-21T09:00:00Z".parse().unwrap();
    let started = |key: &str| Record::Started { key: key.to_owned(), at };
    let steps = vec![
        ("create_person".to_owned(), "7a1e".to_owned()),
        ("verify".to_owned(), "ACCEPTED".to_owned()),
    ];
    vec![
        started("customer-1"),
        started("customer-12"),
        Record::Done { key: "customer-1".to_owned(), steps },
        started("\"quoted\"\n\u{1f3e6}"),
        Record::Failed {
            key: "customer-12".to_owned(),
            kind: "Api".to_owned(),
            code: Some("BAD_REQUEST_BODY".to_owned()),
            is_refusal: true,
        },
        Record::Done { key: "\"quoted\"\n\u{1f3e6}".to_owned(), steps: Vec::new() },
    ]
}

fn expected(records: &[Record]) -> HashMap<Uuid, State> {
    let mut states = HashMap::new();
    for record in records {
        apply(&mut states, record);
    }
    states
}

fn states(path: &Path) -> Result<HashMap<Uuid, State>, Error> {
    let checkpoint = Checkpoint::open(path, "onboard_customer")?;
    Ok(checkpoint.states.lock().unwrap().clone())
}

/// A file, and where each of its records ends.
fn file(path: &Path) -> (Vec<u8>, Vec<usize>) {
    let mut text = header("onboard_customer");
    let mut ends = Vec::new();
    for record in written() {
        text.push_str(&record.line());
        ends.push(text.len());
    }
    std::fs::write(path, &text).unwrap();
    (text.into_bytes(), ends)
}

#[test]
fn cut_off_at_any_byte_it_keeps_the_complete_lines_and_continues_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.jsonl");
    let (whole, ends) = file(&path);
    let records = written();
    for length in 0..=whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let good = ends.iter().filter(|end| **end <= length).count();
        assert_eq!(states(&path).unwrap(), expected(&records[..good]), "cut off at {length}");
        // The incomplete line is gone, so that the next one starts a line.
        let kept = std::fs::read(&path).unwrap();
        assert!(kept.ends_with(b"\n") && whole.starts_with(&kept), "cut off at {length}");
    }
}

#[test]
fn a_run_continues_a_file_that_was_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.jsonl");
    let (whole, _) = file(&path);
    std::fs::write(&path, &whole[..whole.len() - 5]).unwrap();
    let last = written().pop().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let checkpoint = Checkpoint::open(&path, "onboard_customer").unwrap();
        let started_at: DateTime<Utc> = "2026-11-21T09:00:00Z".parse().unwrap();
        let begin = checkpoint.begin(last.key(), Utc::now(), false).await.unwrap();
        assert_eq!(begin, Start::Run { started_at, attempt: 1 });
        assert_eq!(
            checkpoint.begin("customer-1", Utc::now(), false).await.unwrap(),
            Start::DoneBefore
        );
        assert_eq!(
            checkpoint.begin("customer-12", Utc::now(), true).await.unwrap(),
            Start::FailedBefore
        );
        checkpoint.end(&last).await.unwrap();
    });
    assert_eq!(std::fs::read(&path).unwrap(), whole);
    let read: Vec<Record> = super::records(&path).unwrap().map(Result::unwrap).collect();
    assert_eq!(read, written());
}

#[test]
fn a_file_that_is_no_checkpoint_is_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine");
    for (text, expected) in [
        ("my only copy", "not a checkpoint"),
        ("name,amount\n1,2\n", "not a checkpoint of this journey"),
        ("{\"synctera_checkpoint\":1,\"journey\":\"send_ach\"}\n", "that of onboard_customer"),
        ("\u{0}\u{0}", "not a checkpoint"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = states(&path).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Local);
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn damage_is_reported_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.jsonl");
    let (whole, _) = file(&path);
    let text = String::from_utf8(whole).unwrap().replacen("\"done\"", "\"dome\"", 1);
    std::fs::write(&path, text).unwrap();
    let error = states(&path).unwrap_err();
    assert!(error.to_string().contains("line 4"), "{error}");
}

#[test]
fn two_runs_do_not_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.jsonl");
    let first = Checkpoint::open(&path, "onboard_customer").unwrap();
    let error = Checkpoint::open(&path, "onboard_customer").unwrap_err();
    assert!(error.to_string().contains("in use by another run"), "{error}");
    drop(first);
    Checkpoint::open(&path, "onboard_customer").unwrap();
}

/// A file of the first release.
const FIRST_RELEASE: &str = r#"{"synctera_checkpoint":1,"journey":"onboard_customer"}
{"begun":"customer-1","at":"2026-11-21T09:00:00.000Z"}
{"begun":"customer-2","at":"2026-11-21T09:00:00.000Z"}
{"done":"customer-1","steps":[["create_person","7a1e"]]}
{"failed":"customer-2","kind":"Api","code":"BAD_REQUEST_BODY"}
"#;

#[tokio::test]
async fn files_of_the_first_release_are_read_and_continued() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.jsonl");
    std::fs::write(&path, FIRST_RELEASE).unwrap();
    let checkpoint = Checkpoint::open(&path, "onboard_customer").unwrap();
    let started_at: DateTime<Utc> = "2026-11-21T09:00:00Z".parse().unwrap();
    assert_eq!(checkpoint.begin("customer-1", Utc::now(), false).await.unwrap(), Start::DoneBefore);
    // Whether the failure was a refusal is not in the file, so the key of the next attempt stays.
    let again = checkpoint.begin("customer-2", Utc::now(), false).await.unwrap();
    assert_eq!(again, Start::Run { started_at, attempt: 1 });
    checkpoint.begin("customer-3", Utc::now(), false).await.unwrap();
    drop(checkpoint);
    let text = std::fs::read_to_string(&path).unwrap();
    let added = text.strip_prefix(FIRST_RELEASE).unwrap();
    assert!(
        added.starts_with(r#"{"at":""#) && added.contains(r#""begun":"customer-3""#),
        "{added}"
    );
    assert_eq!(super::records(&path).unwrap().map(Result::unwrap).count(), 5);
}

#[tokio::test]
async fn refusals_count_toward_the_attempt_and_other_failures_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.jsonl");
    let failed = |is_refusal: bool| Record::Failed {
        key: "customer-1".to_owned(),
        kind: "Api".to_owned(),
        code: None,
        is_refusal,
    };
    let attempt = async |checkpoint: &Checkpoint| match checkpoint
        .begin("customer-1", Utc::now(), false)
        .await
    {
        Ok(Start::Run { attempt, .. }) => attempt,
        other => panic!("{other:?}"),
    };
    let mut attempts = Vec::new();
    for is_refusal in [false, true, false, true, true] {
        // Each in a run of its own: the number is kept in the file.
        let checkpoint = Checkpoint::open(&path, "onboard_customer").unwrap();
        attempts.push(attempt(&checkpoint).await);
        checkpoint.end(&failed(is_refusal)).await.unwrap();
    }
    let checkpoint = Checkpoint::open(&path, "onboard_customer").unwrap();
    attempts.push(attempt(&checkpoint).await);
    assert_eq!(attempts, [1, 1, 2, 2, 3, 4]);
    let done = Record::Done { key: "customer-1".to_owned(), steps: Vec::new() };
    checkpoint.end(&done).await.unwrap();
    assert_eq!(checkpoint.begin("customer-1", Utc::now(), false).await.unwrap(), Start::DoneBefore);
}

/// Counts the bytes that are read from a source without end.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b'x');
        self.0 += buffer.len() as u64;
        assert!(self.0 < 4 * LINE_BYTES_MAX as u64, "a line is read without a bound");
        Ok(buffer.len())
    }
}

#[test]
fn a_line_is_read_up_to_its_bound() {
    let error = Lines::new(Endless(0)).next().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);

    // The longest line, and one byte more.
    for (length, is_read) in [(LINE_BYTES_MAX - 1, true), (LINE_BYTES_MAX, false)] {
        let line = format!("{}\n", "x".repeat(length));
        let mut lines = Lines::new(line.as_bytes());
        assert_eq!(lines.next().is_ok(), is_read, "{length}");
    }
}

#[test]
fn a_file_with_a_line_of_a_gigabyte_is_not_read_into_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.jsonl");
    for header_ends in [true, false] {
        let header = header("onboard_customer");
        let text = if header_ends { header.as_str() } else { header.trim_end() };
        std::fs::write(&path, text).unwrap();
        // The rest takes no space on the disk.
        File::options().write(true).open(&path).unwrap().set_len(1 << 30).unwrap();
        let error = states(&path).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Local);
        let expected = if header_ends { "is damaged in line 2" } else { "is not a checkpoint" };
        assert!(error.to_string().contains(expected), "{error}");
        match super::records(&path) {
            Ok(mut records) => {
                let error = records.next().unwrap().unwrap_err();
                assert!(error.to_string().contains(expected), "{error}");
                assert!(records.next().is_none(), "after an error it ends");
            }
            Err(error) => assert!(error.to_string().contains(expected), "{error}"),
        }
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 1 << 30, "it is left as it was");
    }
}

#[test]
fn a_file_that_is_too_large_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.jsonl");
    std::fs::write(&path, header("onboard_customer")).unwrap();
    File::options().write(true).open(&path).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
    let error = states(&path).unwrap_err();
    assert!(error.to_string().contains("has more than 17179869184 bytes"), "{error}");
}

#[tokio::test]
async fn nothing_is_written_beyond_the_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lines");
    let writer = Writer::start(File::create(&path).unwrap(), 10).unwrap();
    writer.append("1234\n".to_owned()).await.unwrap();
    writer.append("5678\n".to_owned()).await.unwrap();
    let error = writer.append("9\n".to_owned()).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    drop(writer);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "1234\n5678\n");

    let path = folder.path().join("checkpoint.jsonl");
    let checkpoint = Checkpoint::open(&path, "onboard_customer").unwrap();
    let steps = vec![("create_person".to_owned(), "x".repeat(64)); LINE_BYTES_MAX / 64];
    let record = Record::Done { key: "customer-1".to_owned(), steps };
    let error = checkpoint.end(&record).await.unwrap_err();
    assert!(error.to_string().contains("a line of more than 1048576 bytes"), "{error}");
}

#[test]
fn only_the_platforms_refusals_of_an_item_count() {
    use synctera_api::runtime::ErrorCode;

    let is_refusal = |error: &Error| match Record::failed("k", error) {
        Record::Failed { is_refusal, .. } => is_refusal,
        other => panic!("{other:?}"),
    };
    assert!(!is_refusal(&Error::invalid_input("send_ach", "amount", "is missing")));
    assert!(!is_refusal(&Error::refused("send_ach", Some(ErrorCode::InsufficientFunds), "no")));
    assert!(!is_refusal(&Error::incomplete_answer("send_ach", "id")));
}
