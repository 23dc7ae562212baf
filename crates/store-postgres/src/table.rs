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
    array: &'static str,
    read: bool,
}

fn columns(text: &'static str) -> Vec<Column> {
    let column = |word: &'static str| {
        let (name, kind) = word
            .split_once(':')
            .expect("a column has a name and a kind");
        let read = !kind.ends_with('!');
        let array = match kind.trim_end_matches('!') {
            "i" => "int8[]",
            "t" => "text[]",
            "b" => "bytea[]",
            other => unreachable!("{other} is no kind of column"),
        };
        Column { name, array, read }
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
    let array = |(at, column): (usize, &Column)| format!("${}::{}", at + 1, column.array);
    let listed = columns.iter().enumerate().map(array);
    listed.collect::<Vec<_>>().join(", ")
}

fn matches(key: &[Column]) -> String {
    let pair = key
        .iter()
        .map(|column| format!("t.{0} = u.{0}", column.name));
    pair.collect::<Vec<_>>().join(" AND ")
}

fn all_columns<T: Table>() -> Vec<Column> {
    let texts = [T::KEY, T::FIXED, T::CHANGING];
    texts.into_iter().flat_map(columns).collect()
}

/// Reads rows by their keys, and locks them in the order of the keys.
pub(crate) fn select<T: Table>(lock: Lock) -> String {
    let (key, mut read) = (columns(T::KEY), all_columns::<T>());
    read.retain(|column| column.read);
    let order = names(&key, "t.");
    let locked = lock.clause();
    let (table, read) = (T::NAME, names(&read, "t."));
    if let [only] = key.as_slice() {
        let array = only.array;
        return format!(
            "SELECT {read} FROM {table} t WHERE {order} = ANY($1::{array}) ORDER BY {order}{locked}"
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

/// Inserts whole rows; an existing one is a violation, or is replaced.
pub(crate) fn insert<T: Table>(replace: bool) -> String {
    let (key, all) = (columns(T::KEY), all_columns::<T>());
    let mut sql = insert_into(T::NAME, &all);
    if replace {
        let changing: Vec<Column> = all.into_iter().skip(key.len()).collect();
        let set = changing
            .iter()
            .map(|column| format!("{0} = EXCLUDED.{0}", column.name));
        let set = set.collect::<Vec<_>>().join(", ");
        sql = format!(
            "{sql} ON CONFLICT ({}) DO UPDATE SET {set}",
            names(&key, "")
        );
    }
    sql
}

/// Inserts rows of a log.
pub(crate) fn append<T: Log>() -> String {
    insert_into(T::NAME, &columns(T::COLUMNS))
}

fn insert_into(table: &str, all: &[Column]) -> String {
    let (list, arrays) = (names(all, ""), arrays(all));
    format!("INSERT INTO {table} ({list}) SELECT * FROM unnest({arrays}) AS u ({list})")
}

/// Writes the changing columns of rows that are there.
pub(crate) fn update<T: Table>() -> String {
    let (key, changing) = (columns(T::KEY), columns(T::CHANGING));
    let set = changing
        .iter()
        .map(|column| format!("{0} = u.{0}", column.name));
    let set = set.collect::<Vec<_>>().join(", ");
    let given: Vec<Column> = [T::KEY, T::CHANGING]
        .into_iter()
        .flat_map(columns)
        .collect();
    format!(
        "UPDATE {} t SET {set} FROM unnest({}) AS u ({}) WHERE {}",
        T::NAME,
        arrays(&given),
        names(&given, ""),
        matches(&key),
    )
}

/// Deletes rows by their keys.
pub(crate) fn delete<T: Table>() -> String {
    let key = columns(T::KEY);
    let (table, arrays) = (T::NAME, arrays(&key));
    let (list, matches) = (names(&key, ""), matches(&key));
    format!("DELETE FROM {table} t USING unnest({arrays}) AS u ({list}) WHERE {matches}")
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
            update::<Tokens>(),
            "UPDATE tokens t SET status = u.status, currency = u.currency, used = u.used, \
            uses = u.uses, windows = u.windows, used_at = u.used_at, successor = u.successor \
            FROM unnest($1::int8[], $2::int8[], $3::text[], $4::int8[], $5::int8[], $6::text[], \
            $7::int8[], $8::int8[]) \
            AS u (key, status, currency, used, uses, windows, used_at, successor) \
            WHERE t.key = u.key"
        );
        assert_eq!(
            append::<Relation>(),
            "INSERT INTO relations (parent, child) SELECT * FROM \
            unnest($1::int8[], $2::int8[]) AS u (parent, child)"
        );
    }
}
