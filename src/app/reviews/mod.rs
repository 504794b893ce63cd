//! Reviews of the stored tokens.
//!
//! | module | part |
//! |---|---|
//! | `review` | compares what was granted with what was used |
//! | `activity` | the timeline for a screen |
//! | `action` | narrows, replaces and revokes |

mod action;
mod activity;
mod review;

pub use action::{ReviewAction, ReviewOutcome};
pub use activity::{Activity, ActivityRecord, activity};
pub use review::{TokenReview, drift_script, review_script};
