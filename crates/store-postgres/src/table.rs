//! A table's statements, and the fields of a row that is read.

use store::Outage;
use store::rows::codec::{Added, Fields, Keyed};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};

/// A keyed table of this store. Columns are texts such as `"key:i nonce:b name:t"`: whole numbers,
/// bytes, texts, in the order in which the row gives its values. One with `!` is written and never
/// read.
pub(crate) trait Table: Keyed {
    /// The key's columns.
    const KEY: &'static str;
    /// Columns that are written once.
    const FIXED: &'static str;
    /// Columns that change.
    const CHANGING: &'static str;
    /// Whether each row names the batch that wrote it last, so that a node may decide on a row that it
    /// remembers: the row is written only if nobody else has written it since.
    const IS_MARKED: bool = false;

    /// Reads the key, which stands first.
    fn read_key(from: &mut impl Fields) -> Result<Self::Key, Outage>;
}

/// A table whose rows are only ever added.
pub(crate) trait Log: Added {
    /// Its name.
    const NAME: &'static str;
    /// Its columns.
    const COLUMNS: &'static str;
}

/// The column that names the batch that wrote a row last, by the batch's first key.
const MARK: &str = "written_by:i";
/// The mark that a row must have to be changed.
const MARK_BEFORE: &str = "written_before:i";

/// How rows that are read are locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// Not at all.
    None,
    /// Waiting for whoever holds them.
    Waiting,
    /// At once, or the statement fails.
    AtOnce,
}

impl Lock {
    /// What the names of statements begin with.
    pub(crate) fn verb(self) -> &'static str {
        match self {
            Lock::None => "see ",
            Lock::Waiting => "lock ",
            Lock::AtOnce => "lock at once ",
        }
    }

    fn clause(self) -> &'static str {
        match self {
            Lock::None => "",
            Lock::Waiting => " FOR UPDATE OF t",
            Lock::AtOnce => " FOR UPDATE OF t NOWAIT",
        }
    }
}

struct Column {
    name: &'static str,
    kind: &'static str,
    read: bool,
}

fn columns(text: &'static str) -> Vec<Column> {
    let column = |word: &'static str| {
        let (name, kind) = word
            .split_once(':')
            .expect("a column has a name and a kind");
        let read = !kind.ends_with('!');
        let kind = match kind.trim_end_matches('!') {
            "i" => "int8",
            "t" => "text",
            "b" => "bytea",
            other => unreachable!("{other} is no kind of column"),
        };
        Column { name, kind, read }
    };
    text.split_whitespace().map(column).collect()
}

fn names(columns: &[Column], prefix: &str) -> String {
    let named = columns
        .iter()
        .map(|column| format!("{prefix}{}", column.name));
    named.collect::<Vec<_>>().join(", ")
}

fn arrays(columns: &[Column]) -> String {
    let array = |(at, column): (usize, &Column)| format!("${}::{}[]", at + 1, column.kind);
    let listed = columns.iter().enumerate().map(array);
    listed.collect::<Vec<_>>().join(", ")
}

/// The values of each row: from an array, or the same for all where `same` has the column's bit.
fn cells(columns: &[Column], same: u64) -> Vec<String> {
    let cell = |(at, column): (usize, &Column)| {
        let (number, kind) = (at + 1, column.kind);
        if at < 64 && same >> at & 1 == 1 {
            format!("${number}::{kind}")
        } else {
            format!("unnest(${number}::{kind}[])")
        }
    };
    columns.iter().enumerate().map(cell).collect()
}

/// The given rows as a table of its own.
fn given(columns: &[Column], same: u64) -> String {
    let cells = cells(columns, same).into_iter().zip(columns);
    let named = cells.map(|(cell, column)| format!("{cell} AS {}", column.name));
    format!("(SELECT {})", named.collect::<Vec<_>>().join(", "))
}

fn matches(key: &[Column]) -> String {
    let pair = key
        .iter()
        .map(|column| format!("t.{0} = u.{0}", column.name));
    pair.collect::<Vec<_>>().join(" AND ")
}

fn all_columns<T: Table>() -> Vec<Column> {
    let texts = [T::KEY, T::FIXED, T::CHANGING, mark::<T>()];
    texts.into_iter().flat_map(columns).collect()
}

fn mark<T: Table>() -> &'static str {
    if T::IS_MARKED { MARK } else { "" }
}

/// Reads rows by their keys, and locks them in the order of the keys.
pub(crate) fn select<T: Table>(lock: Lock) -> String {
    let (key, mut read) = (columns(T::KEY), all_columns::<T>());
    read.retain(|column| column.read);
    let order = names(&key, "t.");
    let locked = lock.clause();
    let (table, read) = (T::NAME, names(&read, "t."));
    if let [only] = key.as_slice() {
        let kind = only.kind;
        return format!(
            "SELECT {read} FROM {table} t WHERE {order} = ANY($1::{kind}[]) ORDER BY {order}{locked}"
        );
    }
    format!(
        "SELECT {read} FROM unnest({}) AS u ({}) JOIN {table} t ON {} ORDER BY {order}{locked}",
        arrays(&key),
        names(&key, ""),
        matches(&key),
    )
}

/// Reads rows where something holds of the table `t`.
pub(crate) fn select_where<T: Table>(holds: &str) -> String {
    let mut read = all_columns::<T>();
    read.retain(|column| column.read);
    format!(
        "SELECT {} FROM {} t WHERE {holds}",
        names(&read, "t."),
        T::NAME
    )
}

/// Inserts whole rows; an existing one is a violation.
pub(crate) fn insert<T: Table>(same: u64) -> String {
    insert_into(T::NAME, &all_columns::<T>(), same)
}

/// Inserts whole rows; an existing one is replaced.
pub(crate) fn replace<T: Table>(same: u64) -> String {
    let (key, all) = (columns(T::KEY), all_columns::<T>());
    let changing = all.iter().skip(key.len());
    let set = changing.map(|column| format!("{0} = EXCLUDED.{0}", column.name));
    format!(
        "{} ON CONFLICT ({}) DO UPDATE SET {}",
        insert_into(T::NAME, &all, same),
        names(&key, ""),
        set.collect::<Vec<_>>().join(", "),
    )
}

/// Inserts rows of a log.
pub(crate) fn append<T: Log>(same: u64) -> String {
    insert_into(T::NAME, &columns(T::COLUMNS), same)
}

fn insert_into(table: &str, all: &[Column], same: u64) -> String {
    let (list, cells) = (names(all, ""), cells(all, same).join(", "));
    format!("INSERT INTO {table} ({list}) SELECT {cells}")
}

/// Writes the changing columns of rows that are there.
pub(crate) fn update<T: Table>(same: u64) -> String {
    let given: Vec<Column> = [T::KEY, T::CHANGING, mark::<T>()]
        .into_iter()
        .flat_map(columns)
        .collect();
    update_from::<T>(&given, "", same)
}

/// Writes the changing columns of rows that nobody has written since; fails where somebody has.
pub(crate) fn update_marked<T: Table>(same: u64) -> String {
    let given: Vec<Column> = [T::KEY, T::CHANGING, MARK, MARK_BEFORE]
        .into_iter()
        .flat_map(columns)
        .collect();
    let holds = " AND t.written_by = u.written_before";
    let update = update_from::<T>(&given, holds, same);
    let key = names(&columns(T::KEY), "t.");
    let counted = exactly(given.len() + 1);
    format!("WITH n AS ({update} RETURNING {key}) SELECT {counted} FROM n")
}

/// Writes the changing columns of rows that nobody has read; fails where one of them is not there.
pub(crate) fn update_unread<T: Table>(same: u64) -> String {
    let given: Vec<Column> = [T::KEY, T::CHANGING, mark::<T>()]
        .into_iter()
        .flat_map(columns)
        .collect();
    let update = update_from::<T>(&given, "", same);
    let key = names(&columns(T::KEY), "t.");
    let counted = exactly(given.len() + 1);
    format!("WITH n AS ({update} RETURNING {key}) SELECT {counted} FROM n")
}

fn update_from<T: Table>(from: &[Column], holds: &str, same: u64) -> String {
    let changing = [T::CHANGING, mark::<T>()].into_iter().flat_map(columns);
    let set = changing.map(|column| format!("{0} = u.{0}", column.name));
    format!(
        "UPDATE {} t SET {} FROM {} AS u WHERE {}{holds}",
        T::NAME,
        set.collect::<Vec<_>>().join(", "),
        given(from, same),
        matches(&columns(T::KEY)),
    )
}

/// Locks rows that were decided on and not changed; fails where somebody has written one since.
pub(crate) fn verify_marked<T: Table>(same: u64) -> String {
    let key = columns(T::KEY);
    let (matches, order) = (matches(&key), names(&key, "t."));
    let from: Vec<Column> = [T::KEY, MARK_BEFORE]
        .into_iter()
        .flat_map(columns)
        .collect();
    let (counted, given) = (exactly(from.len() + 1), given(&from, same));
    format!(
        "SELECT {counted} FROM (SELECT {order} FROM {given} AS u JOIN {} t ON {matches} \
        AND t.written_by = u.written_before ORDER BY {order} FOR UPDATE OF t) AS n",
        T::NAME,
    )
}

/// Counts the rows that are there; fails where it is another number than was given.
pub(crate) fn verify_count<T: Table>(same: u64) -> String {
    let key = columns(T::KEY);
    let (counted, given) = (exactly(key.len() + 1), given(&key, same));
    let (table, matches) = (T::NAME, matches(&key));
    format!("SELECT {counted} FROM {given} AS u JOIN {table} t ON {matches}")
}

/// Fails, and with it the whole batch, unless there are as many rows as a parameter says. A division by
/// zero is the failure that every engine has.
fn exactly(number: usize) -> String {
    format!("1 / (CASE WHEN count(*) = ${number}::int8 THEN 1 ELSE 0 END)")
}

/// Deletes rows by their keys.
pub(crate) fn delete<T: Table>(same: u64) -> String {
    let key = columns(T::KEY);
    let (table, given, matches) = (T::NAME, given(&key, same), matches(&key));
    format!("DELETE FROM {table} t USING {given} AS u WHERE {matches}")
}

/// The fields of a row that is read.
pub(crate) struct Read<'a> {
    row: &'a Row,
    at: usize,
    table: &'static str,
}

impl<'a> Read<'a> {
    pub(crate) fn new(table: &'static str, row: &'a Row) -> Read<'a> {
        Read { row, at: 0, table }
    }

    fn next<T: FromSql<'a>>(&mut self) -> Result<Option<T>, Outage> {
        let at = self.at;
        self.at += 1;
        let field = self.row.try_get::<_, Option<T>>(at);
        field.map_err(|problem| self.corrupt(&problem.to_string()))
    }
}

impl Fields for Read<'_> {
    fn int(&mut self) -> Result<Option<i64>, Outage> {
        Ok(self.next::<Whole>()?.map(|Whole(number)| number))
    }

    fn text<T>(
        &mut self,
        take: impl FnOnce(Option<&str>) -> Result<T, String>,
    ) -> Result<T, Outage> {
        let text = self.next::<&str>()?;
        take(text).map_err(|problem| self.corrupt(&problem))
    }

    fn bytes<T>(
        &mut self,
        take: impl FnOnce(Option<&[u8]>) -> Result<T, String>,
    ) -> Result<T, Outage> {
        let bytes = self.next::<&[u8]>()?;
        take(bytes).map_err(|problem| self.corrupt(&problem))
    }

    fn corrupt(&self, reason: &str) -> Outage {
        let key = self.row.try_get::<_, Whole>(0);
        Outage::Corrupt {
            table: self.table,
            key: key.map_or_else(|_| String::new(), |Whole(key)| key.to_string()),
            reason: format!("field {}: {reason}", self.at),
        }
    }
}

/// A whole number of any width.
#[derive(Debug)]
pub(crate) struct Whole(pub(crate) i64);

impl<'a> FromSql<'a> for Whole {
    fn from_sql(
        kind: &Type,
        raw: &'a [u8],
    ) -> Result<Whole, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Whole(match *kind {
            Type::INT2 => i64::from(i16::from_sql(kind, raw)?),
            Type::INT4 => i64::from(i32::from_sql(kind, raw)?),
            _ => i64::from_sql(kind, raw)?,
        }))
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT2, Type::INT4, Type::INT8].contains(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use payments::tables::Relation;
    use store::rows::{Balances, Tokens};

    #[test]
    fn statements_are_plain() {
        assert_eq!(
            select::<Balances>(Lock::Waiting),
            "SELECT t.account, t.lane, t.available, t.pending_in, t.pending_out \
            FROM unnest($1::int8[], $2::int8[]) AS u (account, lane) JOIN balances t \
            ON t.account = u.account AND t.lane = u.lane ORDER BY t.account, t.lane FOR UPDATE OF t"
        );
        assert_eq!(
            update_marked::<Tokens>(0b0_0011_0110),
            "WITH n AS (UPDATE tokens t SET status = u.status, currency = u.currency, \
            used = u.used, uses = u.uses, windows = u.windows, used_at = u.used_at, \
            successor = u.successor, written_by = u.written_by \
            FROM (SELECT unnest($1::int8[]) AS key, $2::int8 AS status, $3::text AS currency, \
            unnest($4::int8[]) AS used, $5::int8 AS uses, $6::text AS windows, \
            unnest($7::int8[]) AS used_at, unnest($8::int8[]) AS successor, \
            unnest($9::int8[]) AS written_by, unnest($10::int8[]) AS written_before) AS u \
            WHERE t.key = u.key AND t.written_by = u.written_before RETURNING t.key) \
            SELECT 1 / (CASE WHEN count(*) = $11::int8 THEN 1 ELSE 0 END) FROM n"
        );
        assert_eq!(
            append::<Relation>(0),
            "INSERT INTO relations (parent, child) SELECT unnest($1::int8[]), unnest($2::int8[])"
        );
        assert_eq!(
            append::<Relation>(0b01),
            "INSERT INTO relations (parent, child) SELECT $1::int8, unnest($2::int8[])"
        );
    }
}
