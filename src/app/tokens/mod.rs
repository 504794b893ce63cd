//! The use cases of a token once there is one: load, store, refresh, revoke.

mod delivery;
mod entries;
mod excess;
mod failure;
mod family;
mod granted;
mod introspection;
mod keys;
mod loaded;
mod passphrase;
mod refresh;
mod revocation;
mod store;
mod test_token;

pub use delivery::finish_refresh;
pub use entries::{Recipient, deny_hand_out, hand_out};
pub(in crate::app) use entries::{excess_entry, granted, refresh_entry, refreshed};
pub use excess::ExcessQuestion;
pub(in crate::app) use excess::excess;
pub(in crate::app) use family::{is_of, is_refreshable, load};
pub use granted::GrantedToken;
pub(in crate::app) use granted::{audience_parameters, obtained};
pub use introspection::introspect_stored;
pub use keys::{PublishedKeys, keys_in_file, payload_in_file, secret_in_environment, secret_in_file, shared_secret};
pub use loaded::{LoadedToken, Origin};
pub use passphrase::{PassphraseQuestion, PassphraseQuestions, passphrase_questions};
pub use refresh::{RefreshOutcome, Refresher};
pub(in crate::app) use refresh::{keep_beside, narrow};
pub use revocation::{RevocationReport, Revoker};
pub use store::TokenStore;
pub(in crate::app) use store::{api_base, apis_of, origins_with_facts};
pub use test_token::{SigningSource, TestToken, TestTokenRequest, sign_test_token};
