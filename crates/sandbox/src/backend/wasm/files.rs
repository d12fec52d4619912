//! The guest's file system: in memory, bounded, and gone with its run.
//!
//! `/` is read-only and holds nothing but `/tmp`, which is the run's own. There are no links, no
//! devices and no way to the host's files: a guest that finds a hole in here finds only this
//! process's memory. `wasi.rs` gives it to the guest as `wasi:filesystem`.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

/// The longest name, in bytes.
const MAX_NAME: usize = 255;
/// The deepest folder.
const MAX_DEPTH: usize = 64;

/// What can go wrong; the names are those of `wasi:filesystem`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("no such entry")]
    NoEntry,
    #[error("it exists")]
    Exist,
    #[error("not a directory")]
    NotDirectory,
    #[error("a directory")]
    IsDirectory,
    #[error("the directory is not empty")]
    NotEmpty,
    #[error("no space left")]
    NoSpace,
    #[error("the name is too long")]
    NameTooLong,
    #[error("read-only")]
    ReadOnly,
    #[error("not permitted")]
    NotPermitted,
    #[error("invalid")]
    Invalid,
}

/// What all nodes of one run may hold together.
#[derive(Debug)]
struct Quota {
    bytes: AtomicU64,
    max_bytes: u64,
    nodes: AtomicU64,
    max_nodes: u64,
    ids: AtomicU64,
}

impl Quota {
    fn take(counter: &AtomicU64, amount: u64, max: u64) -> Result<(), Fault> {
        counter
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                used.checked_add(amount).filter(|sum| *sum <= max)
            })
            .map(drop)
            .map_err(|_| Fault::NoSpace)
    }
}

#[derive(Debug)]
enum Content {
    Directory(BTreeMap<String, Arc<Node>>),
    File(Vec<u8>),
}

/// A file or directory. It lives as long as a directory or an open descriptor holds it.
#[derive(Debug)]
pub(crate) struct Node {
    /// A number that no other node of the run has.
    pub(crate) id: u64,
    read_only: bool,
    content: Mutex<Content>,
    modified: Mutex<SystemTime>,
    quota: Arc<Quota>,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.quota.nodes.fetch_sub(1, Ordering::Relaxed);
        if let Content::File(bytes) = &*self.content() {
            self.quota
                .bytes
                .fetch_sub(bytes.len() as u64, Ordering::Relaxed);
        }
    }
}

impl Node {
    fn new(quota: &Arc<Quota>, content: Content, read_only: bool) -> Result<Arc<Self>, Fault> {
        Quota::take(&quota.nodes, 1, quota.max_nodes)?;
        Ok(Arc::new(Self {
            id: quota.ids.fetch_add(1, Ordering::Relaxed),
            read_only,
            content: Mutex::new(content),
            modified: Mutex::new(SystemTime::now()),
            quota: quota.clone(),
        }))
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn touch(&self) {
        self.set_modified(SystemTime::now());
    }

    pub(crate) fn set_modified(&self, at: SystemTime) {
        *self.modified.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    pub(crate) fn modified(&self) -> SystemTime {
        *self.modified.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_directory(&self) -> bool {
        matches!(&*self.content(), Content::Directory(_))
    }

    /// Whether nothing in it can be made, renamed or removed.
    pub(crate) fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// The length of a file; 0 for a directory.
    pub(crate) fn len(&self) -> u64 {
        match &*self.content() {
            Content::Directory(_) => 0,
            Content::File(bytes) => bytes.len() as u64,
        }
    }

    /// At most `length` bytes from `offset`, and whether the file ends there.
    pub(crate) fn read(&self, offset: u64, length: u64) -> Result<(Vec<u8>, bool), Fault> {
        match &*self.content() {
            Content::Directory(_) => Err(Fault::IsDirectory),
            Content::File(bytes) => {
                let from = usize::try_from(offset)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                let to = from.saturating_add(length).min(bytes.len());
                Ok((bytes[from..to].to_vec(), to == bytes.len()))
            }
        }
    }

    /// Writes at `offset`, or at the end where it is `None`.
    pub(crate) fn write(&self, offset: Option<u64>, data: &[u8]) -> Result<(), Fault> {
        let mut content = self.content();
        let Content::File(bytes) = &mut *content else {
            return Err(Fault::IsDirectory);
        };
        let from = match offset {
            Some(offset) => usize::try_from(offset).map_err(|_| Fault::NoSpace)?,
            None => bytes.len(),
        };
        let to = from.checked_add(data.len()).ok_or(Fault::NoSpace)?;
        if to > bytes.len() {
            self.grow(bytes, to)?;
        }
        bytes[from..to].copy_from_slice(data);
        drop(content);
        self.touch();
        Ok(())
    }

    /// Holes cost what they would hold: the quota bounds this process's memory.
    fn grow(&self, bytes: &mut Vec<u8>, to: usize) -> Result<(), Fault> {
        let more = (to - bytes.len()) as u64;
        Quota::take(&self.quota.bytes, more, self.quota.max_bytes)?;
        bytes.resize(to, 0);
        Ok(())
    }

    pub(crate) fn set_len(&self, length: u64) -> Result<(), Fault> {
        let mut content = self.content();
        let Content::File(bytes) = &mut *content else {
            return Err(Fault::IsDirectory);
        };
        let to = usize::try_from(length).map_err(|_| Fault::NoSpace)?;
        if to > bytes.len() {
            self.grow(bytes, to)?;
        } else {
            let less = (bytes.len() - to) as u64;
            bytes.truncate(to);
            bytes.shrink_to_fit();
            self.quota.bytes.fetch_sub(less, Ordering::Relaxed);
        }
        drop(content);
        self.touch();
        Ok(())
    }

    /// The entries of a directory, sorted by name.
    pub(crate) fn entries(&self) -> Result<Vec<(String, Arc<Self>)>, Fault> {
        match &*self.content() {
            Content::Directory(entries) => Ok(entries
                .iter()
                .map(|(name, node)| (name.clone(), node.clone()))
                .collect()),
            Content::File(_) => Err(Fault::NotDirectory),
        }
    }

    fn child(&self, name: &str) -> Result<Option<Arc<Self>>, Fault> {
        match &*self.content() {
            Content::Directory(entries) => Ok(entries.get(name).cloned()),
            Content::File(_) => Err(Fault::NotDirectory),
        }
    }

    /// Changes the entries of a directory that may be changed.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Arc<Self>>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut content = self.content();
        let Content::Directory(entries) = &mut *content else {
            return Err(Fault::NotDirectory);
        };
        if self.read_only {
            return Err(Fault::ReadOnly);
        }
        let changed = change(entries)?;
        drop(content);
        self.touch();
        Ok(changed)
    }
}

/// How a file is opened.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "WASI has these flags")]
pub(crate) struct Opening {
    pub(crate) create: bool,
    pub(crate) exclusive: bool,
    pub(crate) truncate: bool,
    pub(crate) directory: bool,
    pub(crate) write: bool,
}

/// The file system of one run.
#[derive(Debug)]
pub(crate) struct Files {
    root: Arc<Node>,
    tmp: Arc<Node>,
    quota: Arc<Quota>,
}

/// Where a path ends: its directory, the directory's depth, and the last name.
struct Place {
    parent: Arc<Node>,
    depth: usize,
    name: String,
}

impl Files {
    /// An empty one of at most `bytes` bytes and `nodes` files and folders in `/tmp`.
    pub(crate) fn new(bytes: u64, nodes: u64) -> Result<Self, Fault> {
        let quota = Arc::new(Quota {
            bytes: AtomicU64::new(0),
            max_bytes: bytes,
            nodes: AtomicU64::new(0),
            // the root and /tmp come on top
            max_nodes: nodes.saturating_add(2),
            ids: AtomicU64::new(1),
        });
        let tmp = Node::new(&quota, Content::Directory(BTreeMap::new()), false)?;
        let entries = BTreeMap::from([("tmp".to_owned(), tmp.clone())]);
        let root = Node::new(&quota, Content::Directory(entries), true)?;
        Ok(Self { root, tmp, quota })
    }

    pub(crate) fn root(&self) -> Arc<Node> {
        self.root.clone()
    }

    pub(crate) fn tmp(&self) -> Arc<Node> {
        self.tmp.clone()
    }

    /// The node at `path` below `from`.
    pub(crate) fn find(from: &Arc<Node>, path: &str) -> Result<Arc<Node>, Fault> {
        match Self::place(from, path)? {
            None => Ok(from.clone()),
            Some(place) => place.parent.child(&place.name)?.ok_or(Fault::NoEntry),
        }
    }

    /// Where `path` ends below `from`; `None` for `from` itself. A path cannot leave `from`.
    fn place(from: &Arc<Node>, path: &str) -> Result<Option<Place>, Fault> {
        if path.starts_with('/') {
            return Err(Fault::NotPermitted);
        }
        let must_be_directory = path.ends_with('/');
        let mut trail = vec![from.clone()];
        let mut names = path
            .split('/')
            .filter(|name| !matches!(*name, "" | "."))
            .peekable();
        let mut last = None;
        while let Some(name) = names.next() {
            if name.len() > MAX_NAME {
                return Err(Fault::NameTooLong);
            }
            if name == ".." {
                trail.pop();
                if trail.is_empty() {
                    return Err(Fault::NotPermitted);
                }
                last = None;
                continue;
            }
            let parent = trail.last().cloned().ok_or(Fault::NotPermitted)?;
            if names.peek().is_some() {
                trail.push(parent.child(name)?.ok_or(Fault::NoEntry)?);
            } else {
                if must_be_directory && parent.child(name)?.is_some_and(|node| !node.is_directory())
                {
                    return Err(Fault::NotDirectory);
                }
                last = Some(Place {
                    parent,
                    depth: trail.len(),
                    name: name.to_owned(),
                });
            }
        }
        if last.is_none() && trail.len() > 1 {
            // ended in `..`: the directory it leads to, by its own parent
            let node = trail.pop().ok_or(Fault::NoEntry)?;
            let depth = trail.len();
            let parent = trail.pop().ok_or(Fault::NoEntry)?;
            let entries = parent.entries()?;
            let (name, _) = entries
                .into_iter()
                .find(|(_, entry)| Arc::ptr_eq(entry, &node))
                .ok_or(Fault::NoEntry)?;
            return Ok(Some(Place {
                parent,
                depth,
                name,
            }));
        }
        Ok(last)
    }

    /// Opens what is at `path` below `from`, or makes a file there.
    pub(crate) fn open(
        &self,
        from: &Arc<Node>,
        path: &str,
        how: Opening,
    ) -> Result<Arc<Node>, Fault> {
        let Some(place) = Self::place(from, path)? else {
            return Self::opened(from.clone(), how);
        };
        match place.parent.child(&place.name)? {
            Some(_) if how.create && how.exclusive => Err(Fault::Exist),
            Some(node) => Self::opened(node, how),
            None if how.create && !how.directory => self.add(place, Content::File(Vec::new())),
            None => Err(Fault::NoEntry),
        }
    }

    fn opened(node: Arc<Node>, how: Opening) -> Result<Arc<Node>, Fault> {
        if node.is_directory() {
            if how.write || how.truncate {
                return Err(Fault::IsDirectory);
            }
        } else if how.directory {
            return Err(Fault::NotDirectory);
        } else if how.truncate {
            node.set_len(0)?;
        }
        Ok(node)
    }

    fn add(&self, place: Place, content: Content) -> Result<Arc<Node>, Fault> {
        if place.depth > MAX_DEPTH {
            return Err(Fault::NameTooLong);
        }
        place.parent.change(|entries| {
            if entries.contains_key(&place.name) {
                return Err(Fault::Exist);
            }
            let node = Node::new(&self.quota, content, false)?;
            entries.insert(place.name, node.clone());
            Ok(node)
        })
    }

    pub(crate) fn make_directory(&self, from: &Arc<Node>, path: &str) -> Result<(), Fault> {
        let place = Self::place(from, path)?.ok_or(Fault::Exist)?;
        self.add(place, Content::Directory(BTreeMap::new()))
            .map(drop)
    }

    /// Puts a file with this content into `/tmp`.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        let how = Opening {
            create: true,
            exclusive: true,
            write: true,
            ..Opening::default()
        };
        self.open(&self.tmp, name, how)?.write(Some(0), bytes)
    }

    /// Removes a file, or an empty directory where `directory` says so.
    pub(crate) fn remove(from: &Arc<Node>, path: &str, directory: bool) -> Result<(), Fault> {
        let place = Self::place(from, path)?.ok_or(Fault::Invalid)?;
        place.parent.change(|entries| {
            let node = entries.get(&place.name).ok_or(Fault::NoEntry)?;
            match (directory, &*node.content()) {
                (true, Content::File(_)) => return Err(Fault::NotDirectory),
                (false, Content::Directory(_)) => return Err(Fault::IsDirectory),
                (true, Content::Directory(inner)) if !inner.is_empty() => {
                    return Err(Fault::NotEmpty);
                }
                _ => {}
            }
            entries.remove(&place.name);
            Ok(())
        })
    }

    /// Renames, replacing a file or an empty directory of the same kind.
    pub(crate) fn rename(
        from: &Arc<Node>,
        path: &str,
        to: &Arc<Node>,
        new_path: &str,
    ) -> Result<(), Fault> {
        let source = Self::place(from, path)?.ok_or(Fault::Invalid)?;
        let target = Self::place(to, new_path)?.ok_or(Fault::Invalid)?;
        let node = source.parent.child(&source.name)?.ok_or(Fault::NoEntry)?;
        if source.parent.is_read_only() || target.parent.is_read_only() {
            return Err(Fault::ReadOnly);
        }
        if target.depth > MAX_DEPTH || (node.is_directory() && holds(&node, &target.parent)) {
            // a directory cannot move into itself
            return Err(Fault::Invalid);
        }
        if let Some(old) = target.parent.child(&target.name)? {
            if Arc::ptr_eq(&old, &node) {
                return Ok(());
            }
            match (node.is_directory(), old.is_directory()) {
                (true, false) => return Err(Fault::NotDirectory),
                (false, true) => return Err(Fault::IsDirectory),
                (true, true) if !old.entries()?.is_empty() => return Err(Fault::NotEmpty),
                _ => {}
            }
        }
        source.parent.change(|entries| {
            entries.remove(&source.name);
            Ok(())
        })?;
        target.parent.change(|entries| {
            entries.insert(target.name, node);
            Ok(())
        })
    }
}

/// Whether `inner` is `outer` or somewhere below it. There are no links, and the quota bounds the
/// number of directories, so this ends.
fn holds(outer: &Arc<Node>, inner: &Arc<Node>) -> bool {
    Arc::ptr_eq(outer, inner)
        || outer.entries().is_ok_and(|entries| {
            entries
                .iter()
                .any(|(_, node)| node.is_directory() && holds(node, inner))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        Files::new(1_000, 10).unwrap()
    }

    const NEW: Opening = Opening {
        create: true,
        exclusive: false,
        truncate: false,
        directory: false,
        write: true,
    };

    #[test]
    fn the_root_is_read_only_and_tmp_is_not() {
        let files = files();
        let root = files.root();
        assert_eq!(files.open(&root, "etc", NEW).unwrap_err(), Fault::ReadOnly);
        assert_eq!(files.make_directory(&root, "usr"), Err(Fault::ReadOnly));
        assert_eq!(Files::remove(&root, "tmp", true), Err(Fault::ReadOnly));
        assert_eq!(
            Files::rename(&root, "tmp", &root, "x"),
            Err(Fault::ReadOnly)
        );
        files.open(&root, "tmp/a", NEW).unwrap();
        assert_eq!(
            Files::rename(&root, "tmp/a", &root, "b"),
            Err(Fault::ReadOnly)
        );
        assert!(Files::find(&root, "tmp/a").is_ok());
    }

    #[test]
    fn paths_do_not_leave_where_they_begin() {
        let files = files();
        let tmp = files.tmp();
        files.make_directory(&tmp, "d").unwrap();
        for path in ["..", "../..", "/etc/passwd", "d/../../x", "../tmp"] {
            assert_eq!(
                Files::find(&tmp, path).unwrap_err(),
                Fault::NotPermitted,
                "{path}"
            );
        }
        assert!(Arc::ptr_eq(&Files::find(&tmp, "d/..").unwrap(), &tmp));
        assert!(Arc::ptr_eq(
            &Files::find(&files.root(), "tmp/d/..").unwrap(),
            &tmp
        ));
        assert!(Arc::ptr_eq(
            &Files::find(&files.root(), "tmp/./d/../").unwrap(),
            &tmp
        ));
    }

    #[test]
    fn bytes_and_nodes_are_bounded_and_given_back() {
        let files = files();
        let tmp = files.tmp();
        let a = files.open(&tmp, "a", NEW).unwrap();
        a.write(None, &[1; 900]).unwrap();
        assert_eq!(a.write(None, &[1; 200]), Err(Fault::NoSpace));
        assert_eq!(a.set_len(1 << 40), Err(Fault::NoSpace));
        assert_eq!(a.write(Some(u64::MAX), &[1]), Err(Fault::NoSpace));
        assert_eq!(a.len(), 900);
        Files::remove(&tmp, "a", false).unwrap();
        // open descriptors keep it
        assert_eq!(files.put("b", &[0; 200]), Err(Fault::NoSpace));
        drop(a);
        Files::remove(&tmp, "b", false).unwrap();
        files.put("b", &[0; 1_000]).unwrap();
        for n in 0..9 {
            files.make_directory(&tmp, &n.to_string()).unwrap();
        }
        assert_eq!(files.make_directory(&tmp, "9"), Err(Fault::NoSpace));
        Files::remove(&tmp, "0", true).unwrap();
        files.make_directory(&tmp, "9").unwrap();
    }

    #[test]
    fn renaming_keeps_the_tree_a_tree() {
        let files = files();
        let tmp = files.tmp();
        files.make_directory(&tmp, "a").unwrap();
        files.make_directory(&tmp, "a/b").unwrap();
        assert_eq!(Files::rename(&tmp, "a", &tmp, "a/b/c"), Err(Fault::Invalid));
        assert_eq!(Files::rename(&tmp, "a", &tmp, "a"), Ok(()));
        files.put("f", b"1").unwrap();
        files.put("g", b"2").unwrap();
        Files::rename(&tmp, "f", &tmp, "g").unwrap();
        assert_eq!(Files::find(&tmp, "g").unwrap().read(0, 9).unwrap().0, b"1");
        assert_eq!(Files::rename(&tmp, "g", &tmp, "a"), Err(Fault::IsDirectory));
        assert_eq!(
            Files::rename(&tmp, "a", &tmp, "g"),
            Err(Fault::NotDirectory)
        );
        assert_eq!(Files::remove(&tmp, "a", true), Err(Fault::NotEmpty));
        assert_eq!(Files::remove(&tmp, "g/", false), Err(Fault::NotDirectory));
    }

    #[test]
    fn folders_cannot_be_stacked_without_end() {
        let files = Files::new(1_000, 1_000).unwrap();
        let mut deep = files.tmp();
        let mut made = 0;
        let mut path = String::new();
        while made < 200 {
            path.push_str("d/");
            if files.make_directory(&files.tmp(), &path).is_err() {
                break;
            }
            made += 1;
        }
        assert!(made <= MAX_DEPTH, "{made}");
        // nor from a descriptor in the depth, for which each step is shallow; the quota ends it
        for _ in 0..2_000 {
            if files.make_directory(&deep, "x").is_err() {
                return;
            }
            deep = Files::find(&deep, "x").unwrap();
        }
        panic!("no end");
    }
}
