//! `tokscope audit export` passes records to other programs.

use url::Url;

use crate::app::{AuditReader, Error, ErrorKind, Exporter, ReadPosition};
use crate::cli::print::Streams;
use crate::cli::wait_for;
use crate::usage::{Filter, ocsf};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
With --otlp, each run sends what the receiver does not have yet; its header fields are taken from \
OTEL_EXPORTER_OTLP_HEADERS. A record can arrive twice: `log.record.uid` identifies it.

Examples:
  tokscope audit export --otlp http://127.0.0.1:4318
  tokscope audit export --jsonl > audit.jsonl
  tokscope audit export --ocsf | gzip > audit.ocsf.gz")]
#[group(required = true, multiple = false)]
pub(super) struct Arguments {
    /// Send OTLP logs in JSON to this URL; without a path, to its `/v1/logs`
    #[arg(long, value_name = "URL")]
    otlp: Option<Url>,
    /// Print OCSF 1.8 events as JSON Lines
    #[arg(long)]
    ocsf: bool,
    /// Print the lines of the log as they are, up to the last complete one
    #[arg(long)]
    jsonl: bool,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<Option<ErrorKind>, Error> {
    let reader = AuditReader::new(None)?;
    if let Some(url) = &arguments.otlp {
        let report = wait_for(async { Exporter::new(&reader, url.clone())?.run().await })?;
        streams.say(format_args!("{} records exported", report.exported));
        if report.lost > 0 {
            streams.say(format_args!("{} records rejected by the receiver; they are not sent again", report.lost));
        }
        if report.missed > 0 {
            streams.say(format_args!("{} records were removed before they were exported", report.missed));
        }
        return Ok((report.lost + report.missed > 0).then_some(ErrorKind::Failed));
    }
    if arguments.jsonl {
        reader.read_lines(ReadPosition::default(), |line, _| {
            streams.raw(line);
            streams.raw(b"\n");
            !streams.is_closed()
        })?;
        return Ok(None);
    }
    reader.read(ReadPosition::default(), &Filter::default(), |logged| {
        if let Some(event) = ocsf(&logged.record) {
            streams.verbatim(event);
        }
        !streams.is_closed()
    })?;
    Ok(None)
}
