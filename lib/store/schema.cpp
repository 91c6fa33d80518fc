#include "store/schema.hpp"

#include <SQLiteCpp/Transaction.h>

#include <string>

namespace tunnelkeyd::store {

namespace {

// Times are milliseconds since the Unix epoch, in UTC; lengths are milliseconds; NULL is "none". Names and URLs
// come from peers and may hold any bytes. The columns open_* are set together, and so are key_*, but for
// key_sealed. A tunnel's history is numbered without gaps, so that its oldest rows are found without a scan.
constexpr char version_1[] = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;

CREATE TABLE tunnel (
    id INTEGER PRIMARY KEY,
    organization_id TEXT NOT NULL,
    hostname TEXT NOT NULL,
    name TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_success INTEGER,
    paused_at INTEGER,
    failures INTEGER NOT NULL,
    retry_at INTEGER,
    last_error TEXT NOT NULL,
    generation INTEGER NOT NULL,
    regenerated_for_rejection_at INTEGER,
    confirmation_owed INTEGER NOT NULL,
    last_unanswered_at INTEGER,
    open_reason TEXT,
    open_began_at INTEGER,
    open_gap_opened_at INTEGER,
    open_intent INTEGER,
    open_unknown INTEGER,
    open_regenerates INTEGER,
    open_installs INTEGER,
    open_unknowns_in_a_row INTEGER,
    open_instance_url TEXT,
    open_settings TEXT,
    key_generation INTEGER,
    key_minted_at INTEGER,
    key_name TEXT,
    key_on_premise_url TEXT,
    key_rejections INTEGER,
    key_sealed BLOB,
    UNIQUE (organization_id, hostname)
) STRICT;

CREATE TABLE stray (
    tunnel INTEGER NOT NULL REFERENCES tunnel (id),
    position INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    at INTEGER NOT NULL,
    instance_url TEXT NOT NULL,
    PRIMARY KEY (tunnel, position)
) WITHOUT ROWID, STRICT;

CREATE TABLE history (
    tunnel INTEGER NOT NULL REFERENCES tunnel (id),
    sequence INTEGER NOT NULL,
    reason TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    gap_ms INTEGER NOT NULL,
    regenerates INTEGER NOT NULL,
    installs INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (tunnel, sequence)
) WITHOUT ROWID, STRICT;
)sql";

constexpr migration all[] = {
    {1, version_1},
};

}  // namespace

const std::span<const migration> migrations = all;

int newest_version() {
    return migrations.back().version;
}

void migrate(SQLite::Database& database, std::span<const migration> steps) {
    const int found = database.execAndGet("PRAGMA user_version").getInt();
    if (found >= steps.back().version)
        return;
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    for (const auto& step : steps) {
        if (step.version <= found)
            continue;
        database.exec(step.sql);
        database.exec("PRAGMA user_version = " + std::to_string(step.version));
    }
    transaction.commit();
}

}  // namespace tunnelkeyd::store
