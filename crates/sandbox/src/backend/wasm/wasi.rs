//! [`Files`] as `wasi:filesystem` (WASI 0.2), in place of wasmtime's own, which opens real files.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
    vec,
};

use bytes::Bytes;
use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::{
    async_trait,
    p2::{
        DynInputStream, DynOutputStream, FsError, FsResult, InputStream, OutputStream, Pollable,
        StreamError, StreamResult,
        bindings::{
            filesystem::{preopens, types::ErrorCode as AsyncErrorCode},
            sync::filesystem::types::{
                self, Advice, Descriptor, DescriptorFlags, DescriptorStat, DescriptorType,
                DirectoryEntry, DirectoryEntryStream, ErrorCode, Filesize, MetadataHashValue,
                NewTimestamp, OpenFlags, PathFlags,
            },
        },
    },
};

use super::files::{Fault, Files, Node, Opening};

/// The most descriptors and directory streams open at once.
const MAX_OPEN: usize = 1_024;
/// The most bytes that one read gives.
const MAX_READ: u64 = 1024 * 1024;

impl From<Fault> for FsError {
    fn from(fault: Fault) -> Self {
        let code = match fault {
            Fault::NoEntry => AsyncErrorCode::NoEntry,
            Fault::Exist => AsyncErrorCode::Exist,
            Fault::NotDirectory => AsyncErrorCode::NotDirectory,
            Fault::IsDirectory => AsyncErrorCode::IsDirectory,
            Fault::NotEmpty => AsyncErrorCode::NotEmpty,
            Fault::NoSpace => AsyncErrorCode::InsufficientSpace,
            Fault::NameTooLong => AsyncErrorCode::NameTooLong,
            Fault::ReadOnly => AsyncErrorCode::ReadOnly,
            Fault::NotPermitted => AsyncErrorCode::NotPermitted,
            Fault::Invalid => AsyncErrorCode::Invalid,
        };
        code.into()
    }
}

enum Open {
    Node(Arc<Node>, DescriptorFlags),
    Entries(vec::IntoIter<DirectoryEntry>),
}

/// The file system of one run with what the guest has open in it.
pub(super) struct Mounted {
    pub(super) files: Files,
    open: HashMap<u32, Open>,
    next: u32,
}

impl Mounted {
    pub(super) fn new(files: Files) -> Self {
        Self {
            files,
            open: HashMap::new(),
            next: 1,
        }
    }

    fn add(&mut self, open: Open) -> FsResult<u32> {
        if self.open.len() >= MAX_OPEN {
            return Err(AsyncErrorCode::InsufficientMemory.into());
        }
        while self.open.contains_key(&self.next) {
            self.next = self.next.wrapping_add(1);
        }
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        self.open.insert(number, open);
        Ok(number)
    }

    fn node(&self, fd: &Resource<Descriptor>) -> FsResult<&Arc<Node>> {
        match self.open.get(&fd.rep()) {
            Some(Open::Node(node, _)) => Ok(node),
            _ => Err(AsyncErrorCode::BadDescriptor.into()),
        }
    }

    fn flags(&self, fd: &Resource<Descriptor>) -> FsResult<DescriptorFlags> {
        match self.open.get(&fd.rep()) {
            Some(Open::Node(_, flags)) => Ok(*flags),
            _ => Err(AsyncErrorCode::BadDescriptor.into()),
        }
    }

    /// The node, where the descriptor was opened for this.
    fn node_for(&self, fd: &Resource<Descriptor>, need: DescriptorFlags) -> FsResult<&Arc<Node>> {
        if !self.flags(fd)?.contains(need) {
            return Err(AsyncErrorCode::BadDescriptor.into());
        }
        self.node(fd)
    }

    fn find(&self, fd: &Resource<Descriptor>, path: &str) -> FsResult<Arc<Node>> {
        Ok(Files::find(self.node(fd)?, path)?)
    }
}

/// What the bindings work on: the mounted files and the store's table, for the streams.
pub(super) struct View<'a> {
    pub(super) mounted: &'a mut Mounted,
    pub(super) table: &'a mut ResourceTable,
}

/// How a store gives a [`View`].
pub(super) trait FilesView: Send + 'static {
    fn files(&mut self) -> View<'_>;
}

struct HasFiles;

impl HasData for HasFiles {
    type Data<'a> = View<'a>;
}

/// Puts the file system in place of wasmtime's; the linker must allow shadowing.
pub(super) fn add_to_linker<T: FilesView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    preopens::add_to_linker::<T, HasFiles>(linker, T::files)?;
    types::add_to_linker::<T, HasFiles>(linker, T::files)
}

impl preopens::Host for View<'_> {
    fn get_directories(&mut self) -> wasmtime::Result<Vec<(Resource<Descriptor>, String)>> {
        let root = self.mounted.files.root();
        let flags = DescriptorFlags::READ | DescriptorFlags::MUTATE_DIRECTORY;
        let number = self
            .mounted
            .add(Open::Node(root, flags))
            .map_err(wasmtime::Error::from)?;
        Ok(vec![(Resource::new_own(number), "/".to_owned())])
    }
}

fn kind(node: &Node) -> DescriptorType {
    if node.is_directory() {
        DescriptorType::Directory
    } else {
        DescriptorType::RegularFile
    }
}

fn stat(node: &Node) -> DescriptorStat {
    let since = node.modified().duration_since(UNIX_EPOCH);
    let since = since.unwrap_or(Duration::ZERO);
    let at = wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime {
        seconds: since.as_secs(),
        nanoseconds: since.subsec_nanos(),
    };
    DescriptorStat {
        type_: kind(node),
        link_count: 1,
        size: node.len(),
        data_access_timestamp: Some(at),
        data_modification_timestamp: Some(at),
        status_change_timestamp: Some(at),
    }
}

fn set_times(node: &Node, modified: NewTimestamp) -> FsResult<()> {
    if node.is_read_only() {
        return Err(Fault::ReadOnly.into());
    }
    match modified {
        NewTimestamp::NoChange => {}
        NewTimestamp::Now => node.set_modified(SystemTime::now()),
        NewTimestamp::Timestamp(at) => {
            let since = Duration::new(at.seconds, at.nanoseconds.min(999_999_999));
            let at = UNIX_EPOCH.checked_add(since).ok_or(Fault::Invalid)?;
            node.set_modified(at);
        }
    }
    Ok(())
}

impl types::Host for View<'_> {
    fn convert_error_code(&mut self, error: FsError) -> wasmtime::Result<ErrorCode> {
        Ok(error.downcast()?.into())
    }

    fn filesystem_error_code(
        &mut self,
        error: Resource<wasmtime::Error>,
    ) -> wasmtime::Result<Option<ErrorCode>> {
        // what a stream failed with, below
        let fault = self.table.get(&error)?.downcast_ref::<Fault>().copied();
        Ok(match fault {
            Some(fault) => Some(self.convert_error_code(fault.into())?),
            None => None,
        })
    }
}

impl types::HostDescriptor for View<'_> {
    fn read_via_stream(
        &mut self,
        fd: Resource<Descriptor>,
        offset: Filesize,
    ) -> FsResult<Resource<DynInputStream>> {
        let node = self.mounted.node_for(&fd, DescriptorFlags::READ)?.clone();
        let stream: DynInputStream = Box::new(Reading { node, offset });
        Ok(self.table.push(stream)?)
    }

    fn write_via_stream(
        &mut self,
        fd: Resource<Descriptor>,
        offset: Filesize,
    ) -> FsResult<Resource<DynOutputStream>> {
        self.writing(&fd, Some(offset))
    }

    fn append_via_stream(
        &mut self,
        fd: Resource<Descriptor>,
    ) -> FsResult<Resource<DynOutputStream>> {
        self.writing(&fd, None)
    }

    fn advise(
        &mut self,
        fd: Resource<Descriptor>,
        _offset: Filesize,
        _length: Filesize,
        _advice: Advice,
    ) -> FsResult<()> {
        self.mounted.node(&fd).map(drop)
    }

    fn sync_data(&mut self, fd: Resource<Descriptor>) -> FsResult<()> {
        self.mounted.node(&fd).map(drop)
    }

    fn sync(&mut self, fd: Resource<Descriptor>) -> FsResult<()> {
        self.mounted.node(&fd).map(drop)
    }

    fn get_flags(&mut self, fd: Resource<Descriptor>) -> FsResult<DescriptorFlags> {
        self.mounted.flags(&fd)
    }

    fn get_type(&mut self, fd: Resource<Descriptor>) -> FsResult<DescriptorType> {
        Ok(kind(self.mounted.node(&fd)?))
    }

    fn set_size(&mut self, fd: Resource<Descriptor>, size: Filesize) -> FsResult<()> {
        let node = self.mounted.node_for(&fd, DescriptorFlags::WRITE)?;
        Ok(node.set_len(size)?)
    }

    fn set_times(
        &mut self,
        fd: Resource<Descriptor>,
        _accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FsResult<()> {
        set_times(self.mounted.node(&fd)?, modified)
    }

    fn read(
        &mut self,
        fd: Resource<Descriptor>,
        length: Filesize,
        offset: Filesize,
    ) -> FsResult<(Vec<u8>, bool)> {
        let node = self.mounted.node_for(&fd, DescriptorFlags::READ)?;
        Ok(node.read(offset, length.min(MAX_READ))?)
    }

    fn write(
        &mut self,
        fd: Resource<Descriptor>,
        data: Vec<u8>,
        offset: Filesize,
    ) -> FsResult<Filesize> {
        let node = self.mounted.node_for(&fd, DescriptorFlags::WRITE)?;
        node.write(Some(offset), &data)?;
        Ok(data.len() as u64)
    }

    fn read_directory(
        &mut self,
        fd: Resource<Descriptor>,
    ) -> FsResult<Resource<DirectoryEntryStream>> {
        let entries: Vec<_> = self
            .mounted
            .node(&fd)?
            .entries()?
            .into_iter()
            .map(|(name, node)| DirectoryEntry {
                type_: kind(&node),
                name,
            })
            .collect();
        let number = self.mounted.add(Open::Entries(entries.into_iter()))?;
        Ok(Resource::new_own(number))
    }

    fn create_directory_at(&mut self, fd: Resource<Descriptor>, path: String) -> FsResult<()> {
        let from = self.mounted.node(&fd)?;
        Ok(self.mounted.files.make_directory(from, &path)?)
    }

    fn stat(&mut self, fd: Resource<Descriptor>) -> FsResult<DescriptorStat> {
        Ok(stat(self.mounted.node(&fd)?))
    }

    fn stat_at(
        &mut self,
        fd: Resource<Descriptor>,
        _flags: PathFlags,
        path: String,
    ) -> FsResult<DescriptorStat> {
        Ok(stat(&*self.mounted.find(&fd, &path)?))
    }

    fn set_times_at(
        &mut self,
        fd: Resource<Descriptor>,
        _flags: PathFlags,
        path: String,
        _accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FsResult<()> {
        set_times(&*self.mounted.find(&fd, &path)?, modified)
    }

    fn link_at(
        &mut self,
        _fd: Resource<Descriptor>,
        _flags: PathFlags,
        _path: String,
        _to: Resource<Descriptor>,
        _new_path: String,
    ) -> FsResult<()> {
        Err(Fault::NotPermitted.into())
    }

    fn open_at(
        &mut self,
        fd: Resource<Descriptor>,
        _flags: PathFlags,
        path: String,
        how: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Resource<Descriptor>> {
        let from = self.mounted.node(&fd)?;
        let how = Opening {
            create: how.contains(OpenFlags::CREATE),
            exclusive: how.contains(OpenFlags::EXCLUSIVE),
            truncate: how.contains(OpenFlags::TRUNCATE),
            directory: how.contains(OpenFlags::DIRECTORY),
            write: flags.contains(DescriptorFlags::WRITE),
        };
        if how.truncate && !how.write {
            return Err(Fault::Invalid.into());
        }
        let node = self.mounted.files.open(from, &path, how)?;
        let number = self.mounted.add(Open::Node(node, flags))?;
        Ok(Resource::new_own(number))
    }

    fn readlink_at(&mut self, fd: Resource<Descriptor>, path: String) -> FsResult<String> {
        self.mounted.find(&fd, &path)?;
        // there are no links
        Err(Fault::Invalid.into())
    }

    fn remove_directory_at(&mut self, fd: Resource<Descriptor>, path: String) -> FsResult<()> {
        let from = self.mounted.node(&fd)?;
        Ok(Files::remove(from, &path, true)?)
    }

    fn rename_at(
        &mut self,
        fd: Resource<Descriptor>,
        path: String,
        to: Resource<Descriptor>,
        new_path: String,
    ) -> FsResult<()> {
        let (from, to) = (self.mounted.node(&fd)?, self.mounted.node(&to)?);
        Ok(Files::rename(from, &path, to, &new_path)?)
    }

    fn symlink_at(
        &mut self,
        _fd: Resource<Descriptor>,
        _target: String,
        _path: String,
    ) -> FsResult<()> {
        Err(Fault::NotPermitted.into())
    }

    fn unlink_file_at(&mut self, fd: Resource<Descriptor>, path: String) -> FsResult<()> {
        let from = self.mounted.node(&fd)?;
        Ok(Files::remove(from, &path, false)?)
    }

    fn is_same_object(
        &mut self,
        a: Resource<Descriptor>,
        b: Resource<Descriptor>,
    ) -> wasmtime::Result<bool> {
        match (self.mounted.node(&a), self.mounted.node(&b)) {
            (Ok(a), Ok(b)) => Ok(Arc::ptr_eq(a, b)),
            _ => Ok(false),
        }
    }

    fn metadata_hash(&mut self, fd: Resource<Descriptor>) -> FsResult<MetadataHashValue> {
        Ok(hash(self.mounted.node(&fd)?))
    }

    fn metadata_hash_at(
        &mut self,
        fd: Resource<Descriptor>,
        _flags: PathFlags,
        path: String,
    ) -> FsResult<MetadataHashValue> {
        Ok(hash(&*self.mounted.find(&fd, &path)?))
    }

    fn drop(&mut self, fd: Resource<Descriptor>) -> wasmtime::Result<()> {
        self.mounted.open.remove(&fd.rep());
        Ok(())
    }
}

/// What libc makes an inode number of.
fn hash(node: &Node) -> MetadataHashValue {
    MetadataHashValue {
        lower: node.id,
        upper: 0,
    }
}

impl View<'_> {
    fn writing(
        &mut self,
        fd: &Resource<Descriptor>,
        offset: Option<u64>,
    ) -> FsResult<Resource<DynOutputStream>> {
        let node = self.mounted.node_for(fd, DescriptorFlags::WRITE)?.clone();
        let stream: DynOutputStream = Box::new(Writing { node, offset });
        Ok(self.table.push(stream)?)
    }
}

impl types::HostDirectoryEntryStream for View<'_> {
    fn read_directory_entry(
        &mut self,
        stream: Resource<DirectoryEntryStream>,
    ) -> FsResult<Option<DirectoryEntry>> {
        match self.mounted.open.get_mut(&stream.rep()) {
            Some(Open::Entries(entries)) => Ok(entries.next()),
            _ => Err(AsyncErrorCode::BadDescriptor.into()),
        }
    }

    fn drop(&mut self, stream: Resource<DirectoryEntryStream>) -> wasmtime::Result<()> {
        self.mounted.open.remove(&stream.rep());
        Ok(())
    }
}

/// A file that is read from front to back.
struct Reading {
    node: Arc<Node>,
    offset: u64,
}

#[async_trait]
impl Pollable for Reading {
    async fn ready(&mut self) {}
}

impl InputStream for Reading {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        let read = self.node.read(self.offset, (size as u64).min(MAX_READ));
        let (bytes, _) = read.map_err(failed)?;
        if bytes.is_empty() && size > 0 {
            return Err(StreamError::Closed);
        }
        self.offset += bytes.len() as u64;
        Ok(bytes.into())
    }
}

/// A file that is written from `offset`, or at its end.
struct Writing {
    node: Arc<Node>,
    offset: Option<u64>,
}

#[async_trait]
impl Pollable for Writing {
    async fn ready(&mut self) {}
}

impl OutputStream for Writing {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.node.write(self.offset, &bytes).map_err(failed)?;
        if let Some(offset) = &mut self.offset {
            *offset += bytes.len() as u64;
        }
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(1024 * 1024)
    }
}

fn failed(fault: Fault) -> StreamError {
    StreamError::LastOperationFailed(fault.into())
}
