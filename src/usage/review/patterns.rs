//! Conspicuous use: bursts of denials, and calls at hours at which a client never called before.

use std::collections::VecDeque;

use jiff::Timestamp;

/// Number of denials within [`BURST_SECONDS`] that are conspicuous.
pub(super) const BURST: usize = 5;
pub(super) const BURST_SECONDS: i64 = 60;

/// Number of calls and of days after which the usual hours of a client are known.
const LEARNED_CALLS: u32 = 20;
const LEARNED_DAYS: u32 = 5;

/// Denials of a client.
#[derive(Debug, Default)]
pub(super) struct Denials {
    recent: VecDeque<i64>,
    /// Number of the record that completed the last burst.
    pub(super) burst: Option<u64>,
}

impl Denials {
    pub(super) fn add(&mut self, time: Timestamp, seq: u64) {
        let now = time.as_second();
        self.recent.retain(|before| (now - before).abs() <= BURST_SECONDS);
        self.recent.push_back(now);
        if self.recent.len() > BURST {
            self.recent.pop_front();
        }
        if self.recent.len() == BURST {
            self.burst = Some(seq);
        }
    }
}

/// Hours of the day, in UTC, at which a client makes calls.
#[derive(Debug, Default)]
pub(super) struct Hours {
    calls: [u32; 24],
    total: u32,
    days: u32,
    last_day: i64,
    /// Number, hour and time of the last call at an hour that was unusual then.
    pub(super) unusual: Option<(u64, usize, Timestamp)>,
}

impl Hours {
    /// Adds a call. It is unusual if the client is known well enough, and made no call in this hour of the day, the one before
    /// or the one after.
    pub(super) fn add(&mut self, time: Timestamp, seq: u64) {
        let seconds = time.as_second();
        let hour = usize::try_from(seconds.rem_euclid(86_400) / 3_600).unwrap_or_default();
        let around = [(hour + 23) % 24, hour, (hour + 1) % 24];
        let known: u32 = around.iter().filter_map(|hour| self.calls.get(*hour)).sum();
        if known == 0 && self.total >= LEARNED_CALLS && self.days >= LEARNED_DAYS {
            self.unusual = Some((seq, hour, time));
        }
        if let Some(calls) = self.calls.get_mut(hour) {
            *calls = calls.saturating_add(1);
        }
        let day = seconds.div_euclid(86_400);
        if self.total == 0 || day != self.last_day {
            self.days = self.days.saturating_add(1);
            self.last_day = day;
        }
        self.total = self.total.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn five_denials_within_a_minute_are_a_burst() {
        let mut denials = Denials::default();
        for second in [0, 10, 20, 61] {
            denials.add(Timestamp::from_second(second).unwrap(), 1);
        }
        assert_eq!(denials.burst, None);
        denials.add(Timestamp::from_second(62).unwrap(), 7);
        assert_eq!(denials.burst, None, "the first one is older than a minute");
        for seq in 8..10 {
            denials.add(Timestamp::from_second(63).unwrap(), seq);
        }
        assert_eq!(denials.burst, Some(9));
    }

    #[test]
    fn hours_are_unusual_once_a_client_is_known() {
        let mut hours = Hours::default();
        hours.add(at("2026-11-01T03:00:00Z"), 1);
        for day in 2..8 {
            for minute in 0..4 {
                hours.add(at(&format!("2026-11-{day:02}T09:{minute:02}:00Z")), 2);
            }
        }
        assert_eq!(hours.unusual, None, "too little was known about it");
        hours.add(at("2026-11-08T10:59:59Z"), 3);
        hours.add(at("2026-11-08T04:30:00Z"), 4);
        assert_eq!(hours.unusual, None, "next to an hour that is known");
        hours.add(at("2026-11-08T23:30:00Z"), 5);
        assert_eq!(hours.unusual, Some((5, 23, at("2026-11-08T23:30:00Z"))));
    }
}
