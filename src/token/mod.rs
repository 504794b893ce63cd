//! What a token says: recognise it in whatever was pasted, parse it, explain it, read the scopes it was granted.
//!
//! Pure: the time comes in as an argument, and nothing is ever fetched. Decoding is not verifying.

mod decode;
mod explain;
mod findings;
mod granted;
mod input;
mod json;
pub mod key;
pub mod lines;
pub mod scan;
mod time;
pub mod verify;
mod words;

pub use decode::{Decoded, Kind, Payload, decode};
pub use explain::{Explained, Summary, explain_claims, explain_header, summarise};
pub use findings::ALL as CODES;
pub use granted::{Granted, GrantedScope, Place, granted};
pub use input::{Input, InputError, recognise};
pub use json::{Json, JsonError};
pub use time::{Validity, relative, validity};
