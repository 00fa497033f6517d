//! Sorts any number of rows in bounded memory: sorted runs on disk, merged.
//!
//! The files have no names, so that none is left when the process is killed. [`FAN_IN`] runs of one
//! size are merged into one of the next size: a hundred million rows need no more than a few dozen
//! files at a time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek, Write};
use std::path::PathBuf;
use std::vec;

use synctera_api::Error;

use super::row::Row;

/// The number of runs that are merged into one.
const FAN_IN: usize = 16;

/// Takes rows in any order.
#[derive(Debug)]
pub(super) struct Sorter {
    folder: PathBuf,
    rows_in_memory: usize,
    buffer: Vec<Row>,
    /// Runs by size: those of a level were merged from [`FAN_IN`] runs of the level before.
    levels: Vec<Vec<Run>>,
}

/// Rows on disk, in order.
#[derive(Debug)]
struct Run {
    file: File,
    rows: u64,
}

impl Sorter {
    pub(super) fn new(folder: PathBuf, rows_in_memory: usize) -> Self {
        let rows_in_memory = rows_in_memory.max(1);
        Self { folder, rows_in_memory, buffer: Vec::new(), levels: Vec::new() }
    }

    pub(super) fn push(&mut self, row: Row) -> io::Result<()> {
        self.buffer.push(row);
        if self.buffer.len() < self.rows_in_memory {
            return Ok(());
        }
        self.buffer.sort_unstable();
        let mut rows = self.buffer.drain(..).map(Ok);
        let mut run = write(&self.folder, &mut rows)?;
        drop(rows);
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let runs = &mut self.levels[level];
            runs.push(run);
            if runs.len() < FAN_IN {
                break;
            }
            let merged = Sorted::new(std::mem::take(runs), Vec::new())?;
            run = write(&self.folder, merged)?;
        }
        Ok(())
    }

    /// All rows, in order.
    pub(super) fn sorted(mut self) -> io::Result<Sorted> {
        self.buffer.sort_unstable();
        Sorted::new(self.levels.into_iter().flatten().collect(), self.buffer)
    }
}

fn write(
    folder: &std::path::Path,
    rows: impl IntoIterator<Item = io::Result<Row>>,
) -> io::Result<Run> {
    let mut writer = BufWriter::new(tempfile::tempfile_in(folder)?);
    let mut count = 0;
    for row in rows {
        row?.encode(&mut writer)?;
        count += 1;
    }
    writer.flush()?;
    Ok(Run { file: writer.into_inner().map_err(io::Error::from)?, rows: count })
}

/// Rows in order, read from disk one by one.
pub(super) struct Sorted {
    sources: Vec<Source>,
    /// The next row of each source that has one.
    heads: BinaryHeap<Reverse<(Row, usize)>>,
    /// The source of the last row that was returned; its next row is not in `heads` yet.
    last: Option<usize>,
}

enum Source {
    Memory(vec::IntoIter<Row>),
    Disk { reader: BufReader<File>, left: u64 },
}

impl Source {
    fn next(&mut self) -> io::Result<Option<Row>> {
        match self {
            Self::Memory(rows) => Ok(rows.next()),
            Self::Disk { left: 0, .. } => Ok(None),
            Self::Disk { reader, left } => {
                *left -= 1;
                Row::decode(reader).map(Some)
            }
        }
    }
}

impl Sorted {
    fn new(runs: Vec<Run>, rest: Vec<Row>) -> io::Result<Self> {
        let mut sources = vec![Source::Memory(rest.into_iter())];
        for Run { mut file, rows } in runs {
            file.rewind()?;
            sources.push(Source::Disk { reader: BufReader::new(file), left: rows });
        }
        let mut heads = BinaryHeap::new();
        for (index, source) in sources.iter_mut().enumerate() {
            heads.extend(source.next()?.map(|row| Reverse((row, index))));
        }
        Ok(Self { sources, heads, last: None })
    }
}

impl Iterator for Sorted {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(index) = self.last.take() {
            match self.sources[index].next() {
                Ok(row) => self.heads.extend(row.map(|row| Reverse((row, index)))),
                Err(error) => return Some(Err(error)),
            }
        }
        let Reverse((row, index)) = self.heads.pop()?;
        self.last = Some(index);
        Some(Ok(row))
    }
}

/// A temporary file that cannot be written or read.
pub(super) fn unusable(source: std::io::Error) -> Error {
    Error::local("reconcile", "a temporary file cannot be used", source)
}
