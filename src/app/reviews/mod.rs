//! Reviews of the stored tokens.
//!
//! | module | part |
//! |---|---|
//! | `review` | compares what was granted with what was used |
//! | `action` | narrows, replaces and revokes |

mod action;
mod review;

pub use action::{ReviewAction, ReviewOutcome};
pub use review::{TokenReview, drift_script, review_script};
