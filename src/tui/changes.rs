//! Notices changes of the manifest's file, without waking up while it does not change.

use std::path::Path;

use futures_util::Stream;

/// Returns an item for each change of a file. Empty if it can't be watched, or on a system other than Linux, where the
/// manifest is reloaded with a key.
#[cfg(target_os = "linux")]
pub(super) fn changes(path: &Path) -> impl Stream<Item = ()> + use<> {
    linux::changes(path)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn changes(_: &Path) -> impl Stream<Item = ()> + use<> {
    futures_util::stream::pending()
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::OsString;
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;
    use std::time::Duration;

    use futures_util::{Stream, StreamExt as _, stream};
    use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};
    use rustix::io::Errno;
    use tokio::io::unix::AsyncFd;

    /// An editor writes a file in several steps. After the first one, the others are awaited for this long.
    const SETTLES: Duration = Duration::from_millis(100);

    /// Watches the folder, since many editors replace the file.
    #[expect(deprecated, reason = "its replacement needs unsafe code; an owned descriptor stays open")]
    fn watch(path: &Path) -> Option<(AsyncFd<OwnedFd>, OsString)> {
        let name = path.file_name()?.to_owned();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let watcher = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok()?;
        let events = WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO | WatchFlags::DELETE | WatchFlags::MOVED_FROM;
        inotify::add_watch(&watcher, folder, events).ok()?;
        Some((AsyncFd::new(watcher).ok()?, name))
    }

    pub(super) fn changes(path: &Path) -> impl Stream<Item = ()> + use<> {
        let watched = watch(path);
        let ended = watched.is_none();
        let found = stream::unfold(watched, |watched| async {
            let (watcher, name) = watched?;
            loop {
                let mut ready = watcher.readable().await.ok()?;
                let is_ours = read(watcher.get_ref(), &name);
                ready.clear_ready();
                if is_ours {
                    tokio::time::sleep(SETTLES).await;
                    read(watcher.get_ref(), &name);
                    return Some(((), Some((watcher, name))));
                }
            }
        });
        // without a watch there is nothing to wait for, and the end of the stream must not end the loop
        if ended { stream::pending().left_stream() } else { found.chain(stream::pending()).right_stream() }
    }

    /// Reads all events. Returns whether one is about the file.
    fn read(watcher: &OwnedFd, name: &OsString) -> bool {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(watcher, &mut buffer);
        let mut found = false;
        loop {
            match reader.next() {
                Ok(event) => {
                    found |= event.file_name().is_some_and(|file| file.to_bytes() == name.as_bytes());
                }
                Err(Errno::INTR) => {}
                Err(_) => return found,
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_change_of_the_file_is_noticed_and_one_of_another_file_is_not() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("tokscope.toml");
            std::fs::write(&path, "a").unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut changes = std::pin::pin!(changes(&path));
                std::fs::write(folder.path().join("other"), "b").unwrap();
                assert!(tokio::time::timeout(2 * SETTLES, changes.next()).await.is_err());
                std::fs::write(&path, "b").unwrap();
                changes.next().await.unwrap();
                // replaced, as by most editors
                std::fs::rename(folder.path().join("other"), &path).unwrap();
                changes.next().await.unwrap();
            });
        }
    }
}
