use super::*;

fn written() -> Vec<Record> {
    let at: DateTime<Utc> = "2026-11-21T09:00:00Z".parse().unwrap();
    let begun = |key: &str| Record::Begun { key: key.to_owned(), at };
    let steps = vec![
        ("create_person".to_owned(), "7a1e".to_owned()),
        ("verify".to_owned(), "ACCEPTED".to_owned()),
    ];
    vec![
        begun("customer-1"),
        begun("customer-12"),
        Record::Done { key: "customer-1".to_owned(), steps },
        begun("\"quoted\"\n\u{1f3e6}"),
        Record::Failed {
            key: "customer-12".to_owned(),
            kind: "Api".to_owned(),
            code: Some("BAD_REQUEST_BODY".to_owned()),
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
fn torn_at_any_byte_it_tells_what_was_whole_and_goes_on_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.jsonl");
    let (whole, ends) = file(&path);
    let records = written();
    for length in 0..=whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let good = ends.iter().filter(|end| **end <= length).count();
        assert_eq!(states(&path).unwrap(), expected(&records[..good]), "torn at {length}");
        // What is torn is gone, so that the next line begins a line.
        let kept = std::fs::read(&path).unwrap();
        assert!(kept.ends_with(b"\n") && whole.starts_with(&kept), "torn at {length}");
    }
}

#[test]
fn a_torn_file_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.jsonl");
    let (whole, _) = file(&path);
    std::fs::write(&path, &whole[..whole.len() - 5]).unwrap();
    let last = written().pop().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let checkpoint = Checkpoint::open(&path, "onboard_customer").unwrap();
        let Turn::Walk(started_at) = checkpoint.begin(last.key(), false).await.unwrap() else {
            panic!("it was not done");
        };
        assert_eq!(started_at, "2026-11-21T09:00:00Z".parse::<DateTime<Utc>>().unwrap());
        assert_eq!(checkpoint.begin(last.key(), false).await.unwrap(), Turn::UnderWay);
        assert_eq!(checkpoint.begin("customer-1", false).await.unwrap(), Turn::DoneBefore);
        assert_eq!(checkpoint.begin("customer-12", true).await.unwrap(), Turn::FailedBefore);
        checkpoint.end(&last).await.unwrap();
    });
    assert_eq!(std::fs::read(&path).unwrap(), whole);
    let read: Vec<Record> = super::records(&path).unwrap().map(Result::unwrap).collect();
    assert_eq!(read, written());
}

#[test]
fn what_is_no_checkpoint_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine");
    for (text, told) in [
        ("my only copy", "no checkpoint"),
        ("name,amount\n1,2\n", "no checkpoint of this journey"),
        ("{\"synctera_checkpoint\":1,\"journey\":\"send_ach\"}\n", "that of onboard_customer"),
        ("\u{0}\u{0}", "no checkpoint"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = states(&path).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Local);
        assert!(error.to_string().contains(told), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn damage_on_the_way_is_told_with_its_line() {
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
