//! Containers that a killed server left behind: how they are marked, and their removal.
//!
//! A container carries who made it and until when it could be of use. The maker is a process of a
//! machine and a boot; where that process is gone the container goes, and where nobody can tell
//! (another machine, another process namespace, a platform without /proc) its time decides.

use std::{
    collections::HashMap,
    fs,
    time::{Duration, SystemTime},
};

use bollard::{
    Docker as Client, errors::Error, models::ContainerSummary,
    query_parameters::ListContainersOptionsBuilder,
};

use super::container;
use crate::{Job, Policy, Why};

/// On every container of ours.
pub(super) const MARK: &str = "seaworthy.sandbox";
const OWNER: &str = "seaworthy.sandbox.owner";
const DEADLINE: &str = "seaworthy.sandbox.deadline";
/// What a run takes besides its wall time, generously: the start and the clean-up.
const MARGIN: Duration = Duration::from_secs(180);

/// The labels of a new container.
pub(super) fn labels(job: &Job, policy: &Policy) -> HashMap<String, String> {
    let wall = job.timeout.unwrap_or(policy.wall).min(policy.wall);
    let deadline = now() + (wall + MARGIN).as_secs();
    HashMap::from([
        (MARK.to_owned(), "1".to_owned()),
        (OWNER.to_owned(), own()),
        (DEADLINE.to_owned(), deadline.to_string()),
    ])
}

/// A name that no other container has.
pub(super) fn new_name() -> String {
    let mut bytes = [0; 8];
    // without entropy the engine refuses the second one, which is an error and no mix-up
    let _ = getrandom::fill(&mut bytes);
    format!("seaworthy-{:016x}", u64::from_be_bytes(bytes))
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// This process, so that a later one can tell whether it still lives: where process numbers mean
/// something (boot and namespace), the number, and when that process began.
fn own() -> String {
    let pid = std::process::id();
    match (realm(), began(pid)) {
        (Some(realm), Some(began)) => format!("{realm}/{pid}/{began}"),
        _ => String::new(),
    }
}

/// Which process numbers this process sees.
fn realm() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{}/{}", boot.trim(), namespace.display()))
}

/// When a process began, in the kernel's ticks since boot.
fn began(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // the name comes second, in brackets, and may hold anything
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(19)?.parse().ok()
}

/// Whether the maker of a container is known to be gone.
fn orphaned(owner: &str, realm: Option<&str>, began: impl Fn(u32) -> Option<u64>) -> bool {
    let mut parts = owner.rsplitn(3, '/');
    let (Some(began_then), Some(pid), Some(its_realm)) = (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (Ok(began_then), Ok(pid)) = (began_then.parse::<u64>(), pid.parse::<u32>()) else {
        return false;
    };
    realm == Some(its_realm) && began(pid) != Some(began_then)
}

/// Whether a container is of no use to anybody.
fn stale(labels: &HashMap<String, String>, realm: Option<&str>, now: u64) -> bool {
    let label = |name| labels.get(name).map_or("", String::as_str);
    let past = label(DEADLINE)
        .parse::<u64>()
        .is_ok_and(|deadline| deadline < now);
    past || orphaned(label(OWNER), realm, began)
}

/// Removes what is of no use to anybody; gives the number.
pub(super) async fn sweep(client: &Client) -> Result<usize, Why> {
    let why = |error: Error| {
        Why::new(
            format!("containers of earlier servers could not be swept: {error}"),
            format!("remove them: docker rm -f $(docker ps -aq --filter label={MARK}=1)"),
        )
    };
    let filters = HashMap::from([("label".to_owned(), vec![format!("{MARK}=1")])]);
    let options = ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&filters)
        .build();
    let all = client.list_containers(Some(options)).await.map_err(why)?;
    let realm = realm();
    let mut removed = 0;
    for ContainerSummary { id, labels, .. } in all {
        let (Some(id), Some(labels)) = (id, labels) else {
            continue;
        };
        if stale(&labels, realm.as_deref(), now()) {
            container::remove(client, &id).await.map_err(why)?;
            removed += 1;
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_gone_when_its_number_is_free_or_somebody_elses() {
        let owner = "boot/pid:[1]/42/1000";
        assert!(!orphaned(owner, Some("boot/pid:[1]"), |_| Some(1000)));
        assert!(orphaned(owner, Some("boot/pid:[1]"), |_| Some(2000)));
        assert!(orphaned(owner, Some("boot/pid:[1]"), |_| None));
    }

    #[test]
    fn where_nobody_can_tell_an_owner_lives() {
        let dead = |_| None;
        for realm in [Some("boot/pid:[2]"), Some("other/pid:[1]"), None] {
            assert!(!orphaned("boot/pid:[1]/42/1000", realm, dead), "{realm:?}");
        }
        for odd in ["", "x", "boot/pid:[1]/x/1", "boot/pid:[1]/1/x", "//"] {
            assert!(!orphaned(odd, Some("boot/pid:[1]"), dead), "{odd}");
        }
    }

    #[test]
    fn time_decides_where_nobody_can_tell() {
        let labels = labels(&Job::default(), &Policy::default());
        assert!(!stale(&labels, None, now()));
        assert!(stale(&labels, None, now() + 300));
        assert!(!stale(&HashMap::new(), None, u64::MAX));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_lives() {
        let realm = realm();
        assert!(realm.is_some());
        assert!(!orphaned(&own(), realm.as_deref(), began));
        let later = own().replace(&format!("/{}", began(std::process::id()).unwrap()), "/1");
        assert!(orphaned(&later, realm.as_deref(), began));
    }
}
