//! Hardening of the process that holds tokens, and the signals that would end it.

/// No core dump, and no other process of the same user may read our memory (`prctl(2)`, `setrlimit(2)`). Best effort:
/// where the system refuses, the program goes on.
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

pub(super) use self::signals::SignalHold;
pub use self::signals::defer_signals;

mod signals {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, OnceLock};

    use rustix::process::Signal;
    use signal_hook::flag;
    use signal_hook::low_level::emulate_default_handler;

    /// The signals that wait until a token is stored.
    const ENDING: [Signal; 3] = [Signal::INT, Signal::TERM, Signal::HUP];

    /// Set while no [`SignalHold`] lives: then a signal ends the process at once.
    static FREE: OnceLock<Arc<AtomicBool>> = OnceLock::new();

    /// The last signal that came, or zero.
    static CAME: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

    static HOLDS: AtomicUsize = AtomicUsize::new(0);

    /// From now on SIGINT, SIGTERM and SIGHUP wait while a one-time credential is traded and its successor is stored;
    /// then they end the process as they always do. For a front end that handles no signals itself.
    pub fn defer_signals() {
        if FREE.get().is_some() {
            return;
        }
        let free = Arc::clone(FREE.get_or_init(|| Arc::new(AtomicBool::new(true))));
        let came = Arc::clone(CAME.get_or_init(Arc::default));
        let ignored = ignored();
        for signal in ENDING.map(Signal::as_raw) {
            // such as SIGHUP under nohup(1): it stays ignored
            if ignored & (1 << (signal - 1)) != 0 {
                continue;
            }
            // where a handler can't be installed, the signal ends the process at once, as it did before
            let _ = flag::register_conditional_default(signal, Arc::clone(&free));
            let _ = flag::register_usize(signal, Arc::clone(&came), usize::try_from(signal).unwrap_or_default());
        }
    }

    /// The signals that this process ignores, a bit for each. Without `/proc`: those that nohup(1) and a shell's `&`
    /// could have set.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0b11)
    }

    /// While one lives, a signal waits that would end the process. Without [`defer_signals`] it does nothing.
    #[derive(Debug)]
    pub(in crate::workspace) struct SignalHold(());

    impl SignalHold {
        pub(in crate::workspace) fn new() -> Self {
            HOLDS.fetch_add(1, Ordering::SeqCst);
            if let Some(free) = FREE.get() {
                free.store(false, Ordering::SeqCst);
            }
            Self(())
        }
    }

    impl Drop for SignalHold {
        fn drop(&mut self) {
            if HOLDS.fetch_sub(1, Ordering::SeqCst) != 1 {
                return;
            }
            let (Some(free), Some(came)) = (FREE.get(), CAME.get()) else { return };
            free.store(true, Ordering::SeqCst);
            let signal = came.swap(0, Ordering::SeqCst);
            if let Some(signal) = i32::try_from(signal).ok().filter(|signal| *signal != 0) {
                // it does not return
                let _ = emulate_default_handler(signal);
            }
        }
    }
}
