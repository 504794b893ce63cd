//! WebSockets: after the handshake, bytes are passed on in both directions.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use http::header::{CONNECTION, UPGRADE};
use http::{Extensions, HeaderMap, HeaderValue, Response, StatusCode};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;

use super::Listener;
use super::body::Outgoing;
use crate::app::gateway::{Lease, RequestOutcome, RequestRecord};
use crate::net::StreamBody;

/// Whether a request asks for a WebSocket.
pub(super) fn is_web_socket(headers: &HeaderMap) -> bool {
    let is_web_socket = |value: &HeaderValue| value.as_bytes().to_ascii_lowercase().starts_with(b"websocket");
    headers.get_all(UPGRADE).iter().any(is_web_socket)
}

/// Adds the fields of a connection that ask for a WebSocket.
pub(super) fn ask(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
}

/// The connection of a caller that asks for a WebSocket.
pub(super) struct Caller {
    connection: OnUpgrade,
}

impl Caller {
    pub(super) fn of(extensions: &mut Extensions) -> Option<Self> {
        Some(Self { connection: extensions.remove::<OnUpgrade>()? })
    }
}

/// Passes an accepted WebSocket through, until either side closes it. `lease`: its token, with which it ends.
pub(super) fn pass(
    listener: &Rc<Listener>,
    caller: Caller,
    response: Response<StreamBody>,
    mut fields: HeaderMap,
    lease: Option<Arc<Lease>>,
    (record, began): (RequestRecord, Instant),
) -> Response<Outgoing> {
    let (mut parts, _) = response.into_parts();
    let api = parts.extensions.remove::<OnUpgrade>();
    let listener = Rc::clone(listener);
    tokio::task::spawn_local(async move {
        let ended = async {
            let (caller, api) = (caller.connection.await.ok()?, api?.await.ok()?);
            let (mut caller, mut api) = (TokioIo::new(caller), TokioIo::new(api));
            let passed = tokio::io::copy_bidirectional(&mut caller, &mut api).await;
            Some(passed.map(|(_, received)| received).unwrap_or_default())
        };
        let expired = async {
            match lease.as_ref().and_then(|lease| lease.remaining()) {
                Some(remaining) => tokio::time::sleep(remaining).await,
                None => std::future::pending().await,
            }
        };
        let bytes = tokio::select! {
            bytes = ended => bytes,
            () = expired => {
                listener.report(vec!["a WebSocket was closed: its token has expired".to_owned()]);
                None
            }
        };
        record.end(RequestOutcome {
            status: Some(101),
            bytes: bytes.unwrap_or_default(),
            time: began.elapsed(),
            complete: bytes.is_some(),
            required: None,
        });
    });
    ask(&mut fields);
    let mut response = Response::new(Outgoing::Own(None));
    (*response.status_mut(), *response.headers_mut()) = (StatusCode::SWITCHING_PROTOCOLS, fields);
    response
}
