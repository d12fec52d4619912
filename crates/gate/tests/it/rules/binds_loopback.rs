use seaworthy_gate::{Level, Options, report::Verdict};
use url::Url;

use crate::{
    http::{Running, flawed, sound, with_token},
    servers::judged,
};

const NAME: &str = "binds-loopback";

#[tokio::test]
async fn every_interface_is_a_warning() {
    let findings = flawed(NAME, "flawed", &[]).await;
    assert_eq!(findings[0].level, Level::Warning);
    assert!(
        findings[0].message.contains("0.0.0.0"),
        "{}",
        findings[0].message
    );
}

#[tokio::test]
async fn loopback_is_none_whatever_it_is_called() {
    sound(NAME, "sound").await;
    let mut server = Running::start("binds-loopback/sound.py");
    server.url = Url::parse(&server.url.as_str().replace("127.0.0.1", "localhost")).unwrap();
    let report = server.check(with_token(Options::default())).await.unwrap();
    assert_eq!(judged(&report, NAME).verdict, Verdict::Passed);
}
