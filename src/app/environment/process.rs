//! Process hardening, and deferral of signals.

/// Disables core dumps, and denies other processes of the same user access to our memory (`prctl(2)`, `setrlimit(2)`).
/// Best effort: failures are ignored.
pub fn keep_memory_private() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

pub(in crate::app) use self::signals::SignalHold;
pub use self::signals::{defer_signals, interrupt, restoring_terminal};

mod signals {
    use std::io;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, LazyLock, Once};
    use std::time::Duration;

    use rustix::process::Signal;
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
    use signal_hook::flag;
    use signal_hook::low_level::emulate_default_handler;

    /// State of a deferred signal.
    struct Ending {
        signal: Signal,
        /// It ends the process immediately, as long as there is no [`SignalHold`].
        ends: Arc<AtomicBool>,
        /// It arrived during a [`SignalHold`].
        came: Arc<AtomicBool>,
        /// The program handles it otherwise.
        handled: AtomicBool,
    }

    static ENDING: LazyLock<[Ending; 3]> = LazyLock::new(|| {
        [Signal::INT, Signal::TERM, Signal::HUP].map(|signal| Ending {
            signal,
            ends: Arc::new(AtomicBool::new(true)),
            came: Arc::default(),
            handled: AtomicBool::new(false),
        })
    });

    static DEFERRED: AtomicBool = AtomicBool::new(false);
    static INSTALLED: Once = Once::new();
    static HOLDS: AtomicUsize = AtomicUsize::new(0);

    /// Makes SIGINT, SIGTERM and SIGHUP wait while a refresh token is used and its successor is stored; then they
    /// end the process as usual. For a front end that does not handle these signals itself.
    pub fn defer_signals() {
        DEFERRED.store(true, Ordering::SeqCst);
    }

    /// Waits for SIGINT, which no longer ends the process from now on.
    ///
    /// # Errors
    /// If the signal handler can't be installed.
    pub async fn interrupt() -> io::Result<()> {
        for ending in ENDING.iter().filter(|ending| ending.signal == Signal::INT) {
            ending.handled.store(true, Ordering::SeqCst);
            ending.ends.store(false, Ordering::SeqCst);
        }
        tokio::signal::ctrl_c().await
    }

    fn install() {
        let ignored = ignored();
        for ending in ENDING.iter() {
            let signal = ending.signal.as_raw();
            // ignored signals, such as SIGHUP under nohup(1), stay ignored
            if ignored & (1 << (signal - 1)) != 0 {
                continue;
            }
            // without a handler the signal ends the process immediately, as by default
            let _ = flag::register_conditional_default(signal, Arc::clone(&ending.ends));
            let _ = flag::register(signal, Arc::clone(&ending.came));
        }
    }

    /// Returns the ignored signals as a bit set. Without `/proc`: those that nohup(1) and the `&` of a shell
    /// may have disabled.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0b11)
    }

    /// Guard that defers signals that would end the process. Has no effect without [`defer_signals`].
    #[derive(Debug)]
    pub(in crate::app) struct SignalHold(());

    impl SignalHold {
        pub(in crate::app) fn new() -> Self {
            HOLDS.fetch_add(1, Ordering::SeqCst);
            if DEFERRED.load(Ordering::SeqCst) {
                ENDING.iter().for_each(|ending| ending.ends.store(false, Ordering::SeqCst));
                INSTALLED.call_once(install);
            }
            Self(())
        }
    }

    /// Runs a prompt that changes the settings of the terminal. A signal that ends the process restores them first.
    pub fn restoring_terminal<T>(prompt: impl FnOnce() -> T) -> T {
        /// How often the signals are looked at. There is no handler that could write to a pipe.
        const INTERVAL: Duration = Duration::from_millis(50);
        let terminal = std::fs::File::open("/dev/tty").ok();
        let saved = terminal.as_ref().and_then(|terminal| tcgetattr(terminal).ok());
        let hold = SignalHold::new();
        let is_over = AtomicBool::new(false);
        let done = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::SeqCst) {
                    let came = ENDING.iter().find(|ending| ending.came.load(Ordering::SeqCst));
                    if let Some(ending) = came.filter(|ending| !ending.handled.load(Ordering::SeqCst)) {
                        if let Some((terminal, settings)) = terminal.as_ref().zip(saved.as_ref()) {
                            let _ = tcsetattr(terminal, OptionalActions::Now, settings);
                        }
                        // does not return
                        let _ = emulate_default_handler(ending.signal.as_raw());
                    }
                    std::thread::sleep(INTERVAL);
                }
            });
            let done = prompt();
            is_over.store(true, Ordering::SeqCst);
            done
        });
        drop(hold);
        done
    }

    impl Drop for SignalHold {
        fn drop(&mut self) {
            if HOLDS.fetch_sub(1, Ordering::SeqCst) != 1 || !INSTALLED.is_completed() {
                return;
            }
            for ending in ENDING.iter().filter(|ending| !ending.handled.load(Ordering::SeqCst)) {
                ending.ends.store(true, Ordering::SeqCst);
                if ending.came.swap(false, Ordering::SeqCst) {
                    // does not return
                    let _ = emulate_default_handler(ending.signal.as_raw());
                }
            }
        }
    }
}
