//! Files to upload, from paths and from streams.

use std::convert::Infallible;
use std::error::Error as _;
use std::fs;
use std::io;

use futures_util::stream;
use synctera::types::{Form, ListCardProductsQuery};
use synctera::{DepositCheck, Error, ErrorKind, Money, Upload, UploadCardImage};
use synctera_tests::World;

const JPEG: &[u8] = b"\xff\xd8\xff\xe0";

/// Chunks of a stream that never fails.
fn chunks(
    chunks: Vec<&'static [u8]>,
) -> impl futures_util::Stream<Item = Result<&'static [u8], Infallible>> {
    stream::iter(chunks.into_iter().map(Ok))
}

/// What an error says about the only field that it names.
fn only_fault(error: &Error) -> (&str, &str) {
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    let faults: Vec<_> = error.invalid().iter().collect();
    let [(field, reason)] = faults.as_slice() else { panic!("{error}") };
    (field, reason)
}

#[tokio::test]
async fn a_file_has_the_name_and_the_media_type_that_its_path_says() {
    let folder = tempfile::tempdir().unwrap();
    for (name, media_type) in [
        ("letter.pdf", "application/pdf"),
        ("front.JPG", "image/jpeg"),
        ("front.jpeg", "image/jpeg"),
        ("front.png", "image/png"),
        ("scan.tiff", "image/tiff"),
        ("a b.txt", "text/plain"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, name).unwrap();
        let upload = Upload::from_path(&path).await.unwrap();
        assert_eq!(upload, Upload::new(name, media_type, name.as_bytes()), "{name}");
        assert_eq!((upload.file_name(), upload.media_type()), (name, media_type));
        assert_eq!(upload.bytes(), name);
    }
}

#[tokio::test]
async fn a_media_type_is_not_guessed() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["letter", "letter.doc.old", "letter.", ".pdf"] {
        let path = folder.path().join(name);
        fs::write(&path, "x").unwrap();
        let error = Upload::from_path(&path).await.unwrap_err();
        let (field, reason) = only_fault(&error);
        assert_eq!(field, path.to_str().unwrap());
        assert!(reason.contains("from_path_as"), "{reason}");
        let upload = Upload::from_path_as(&path, "application/msword").await.unwrap();
        assert_eq!(upload, Upload::new(name, "application/msword", &b"x"[..]));
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent.pdf");
    let error = Upload::from_path(&absent).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Local);
    assert!(error.to_string().contains(absent.to_str().unwrap()), "{error}");
    let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.kind(), io::ErrorKind::NotFound);

    let error = Upload::from_path_as(folder.path(), "application/pdf").await.unwrap_err();
    assert_eq!(only_fault(&error).1, "is not a regular file");
    let error = Upload::from_path_as("..", "application/pdf").await.unwrap_err();
    assert_eq!(only_fault(&error), ("..", "is not a regular file"));
    let error = Upload::from_path("no\u{1b}[31m.pdf").await.unwrap_err();
    assert!(!error.to_string().contains('\u{1b}'), "{error:?}");
}

/// A pipe that nobody writes to must not hold up the caller.
#[cfg(unix)]
#[tokio::test]
async fn what_never_ends_is_not_read() {
    let error = Upload::from_path_as("/dev/zero", "application/pdf").await.unwrap_err();
    assert_eq!(only_fault(&error), ("/dev/zero", "is not a regular file"));
}

#[tokio::test]
async fn a_file_is_read_up_to_the_limit_and_no_further() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scan.tif");
    let file = fs::File::create(&path).unwrap();
    file.set_len(Upload::BYTES_MAX as u64).unwrap();
    assert_eq!(Upload::from_path(&path).await.unwrap().bytes().len(), Upload::BYTES_MAX);
    file.set_len(Upload::BYTES_MAX as u64 + 1).unwrap();
    let error = Upload::from_path(&path).await.unwrap_err();
    assert_eq!(only_fault(&error), (path.to_str().unwrap(), "must have at most 32 MB"));
}

#[tokio::test]
async fn a_stream_is_read_into_memory_up_to_the_limit() {
    let upload =
        Upload::from_stream("a.pdf", "application/pdf", chunks(vec![b"%PDF", b"", b"-1.7"]));
    assert_eq!(upload.await.unwrap(), Upload::new("a.pdf", "application/pdf", &b"%PDF-1.7"[..]));

    const CHUNK: &[u8] = &[0; 1024 * 1024];
    let whole = chunks(vec![CHUNK; 32]);
    let upload = Upload::from_stream("a.tif", "image/tiff", whole).await.unwrap();
    assert_eq!(upload.bytes().len(), Upload::BYTES_MAX);
    // One that never ends is given up at the limit.
    let endless = stream::repeat_with(|| Ok::<_, Infallible>(CHUNK));
    let error = Upload::from_stream("a.tif", "image/tiff", endless).await.unwrap_err();
    assert_eq!(only_fault(&error), ("a.tif", "must have at most 32 MB"));

    let broken = stream::iter([Ok(JPEG), Err(io::Error::other("the sender is gone"))]);
    let error = Upload::from_stream("a.jpg", "image/jpeg", broken).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Local);
    assert!(error.to_string().starts_with("upload: a.jpg cannot be read: the sender is gone"));
}

#[test]
fn a_file_can_be_waited_for_and_needs_a_runtime() {
    use synctera::blocking::Wait;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("front.jpg");
    fs::write(&path, JPEG).unwrap();
    assert_eq!(Upload::from_path(&path).wait().unwrap().bytes(), JPEG);

    let without = futures_util::FutureExt::now_or_never(Upload::from_path(&path));
    let error = without.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("front.jpg"), "{error}");
}

#[tokio::test]
async fn journeys_take_files_from_paths() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let folder = tempfile::tempdir().unwrap();
    let (front, back) = (folder.path().join("front.jpg"), folder.path().join("back.jpg"));
    fs::write(&front, [JPEG, b"front"].concat()).unwrap();
    fs::write(&back, [JPEG, b"back"].concat()).unwrap();
    let (front, back) =
        (Upload::from_path(&front).await.unwrap(), Upload::from_path(&back).await.unwrap());
    let check = DepositCheck::new(account, holder, Money::usd(75_00), front.clone(), back);
    let deposit = world.client.deposit_check(&check).await.unwrap();
    assert_eq!(deposit.status.as_str(), "SUBMITTED");

    let query = ListCardProductsQuery { form: Some(Form::Physical), ..Default::default() };
    let product = world.client.list(query).try_next().await.unwrap().unwrap().id;
    let image = UploadCardImage::new(holder, product, front);
    let image = world.client.upload_card_image(&image).await.unwrap();
    assert_eq!(image.status.as_str(), "UNREVIEWED");
}

#[tokio::test]
async fn a_file_that_the_platform_would_refuse_is_not_sent() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.recorder.take();
    let picture = |bytes: Vec<u8>| Upload::new("side.jpg", "image/jpeg", bytes);
    let (good, empty) = (picture(JPEG.to_vec()), picture(Vec::new()));
    let large = picture(vec![0; Upload::BYTES_MAX + 1]);
    let check = DepositCheck::new(account, holder, Money::usd(75_00), large, empty);
    let error = world.client.deposit_check(&check).await.unwrap_err();
    assert_eq!(error.invalid().keys().collect::<Vec<_>>(), ["back", "front"], "{error}");

    use synctera::{AddEvidence, DisputeId, OpenDispute, TransactionId};
    let dispute: DisputeId = "00000000-0000-4000-8000-000000000001".parse().unwrap();
    let transaction: TransactionId = "00000000-0000-4000-8000-000000000001".parse().unwrap();
    let letter = Upload::new("letter.pdf", "application/pdf", vec![0; 14 * 1024 * 1024 + 1]);
    let error = world.client.add_evidence(&AddEvidence::new(dispute, letter.clone())).await;
    assert_eq!(only_fault(&error.unwrap_err()), ("file", "must have 1 byte to 14 MB"));
    let request = OpenDispute::ach(transaction, Money::usd(1_00), synctera_tests::world::now())
        .evidence(good)
        .evidence(letter);
    let error = world.client.open_dispute(&request).await.unwrap_err();
    assert_eq!(only_fault(&error), ("evidence[1]", "must have 1 byte to 14 MB"));
    assert_eq!(world.recorder.seen(), 0);
}
