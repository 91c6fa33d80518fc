#include "store/record_writer.hpp"

#include "store/columns.hpp"

#include <type_traits>

namespace tunnelkeyd::store {

namespace {

/// A new row, or every column of the old one. A key that could not be unsealed stays as it is: the right
/// sealing key may come back.
std::string upsert_sql() {
    std::string names;
    std::string marks;
    std::string updates;
    for (const auto column : record_columns) {
        const std::string name(column);
        names += (names.empty() ? "" : ", ") + name;
        marks += marks.empty() ? "?" : ", ?";
        if (column == "organization_id" || column == "hostname")
            continue;
        const auto value = column == "key_sealed" ? "CASE WHEN excluded.key_sealed IS NULL AND "
                                                    "excluded.key_generation = tunnel.key_generation "
                                                    "THEN tunnel.key_sealed ELSE excluded.key_sealed END"
                                                  : "excluded." + name;
        updates += (updates.empty() ? "" : ", ") + name + " = " + value;
    }
    return "INSERT INTO tunnel (" + names + ") VALUES (" + marks +
           ") ON CONFLICT (organization_id, hostname) DO UPDATE SET " + updates + " RETURNING id";
}

/// Binds one value after the other. Texts and blobs are not copied: they outlive the statement's run.
/// tryReset(), since reset() reports the failure of the run before a second time.
class binder {
public:
    explicit binder(SQLite::Statement& statement) : statement_(statement) { statement_.tryReset(); }

    binder& operator<<(const std::string& text) {
        statement_.bindNoCopy(++index_, text);
        return *this;
    }
    binder& operator<<(core::wall_time at) { return *this << at.time_since_epoch().count(); }
    template <class Number>
    requires std::is_integral_v<Number> binder& operator<<(Number number) {
        statement_.bind(++index_, static_cast<std::int64_t>(number));
        return *this;
    }
    binder& operator<<(const std::optional<core::wall_time>& at) { return at ? *this << *at : none(); }
    binder& blob(const std::string& bytes) {
        statement_.bindNoCopy(++index_, bytes.data(), static_cast<int>(bytes.size()));
        return *this;
    }
    binder& none(int count = 1) {
        while (count-- > 0)
            statement_.bind(++index_);
        return *this;
    }

private:
    SQLite::Statement& statement_;
    int index_ = 0;
};

}  // namespace

record_writer::record_writer(SQLite::Database& database, const sealer& keys)
    : keys_(keys),
      upsert_(database, upsert_sql()),
      forget_strays_(database, "DELETE FROM stray WHERE tunnel = ?"),
      add_stray_(database,
                 "INSERT INTO stray (tunnel, position, generation, at, instance_url) VALUES (?, ?, ?, ?, ?)"),
      last_sequence_(database, "SELECT sequence FROM history WHERE tunnel = ? ORDER BY sequence DESC LIMIT 1"),
      add_history_(database, "INSERT INTO history (tunnel, sequence, reason, began_at, ended_at, gap_ms, "
                             "regenerates, installs, outcome, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      prune_history_(database, "DELETE FROM history WHERE tunnel = ? AND sequence <= ?"),
      probe_(database, "INSERT INTO meta (name, value) VALUES ('probe', '1') ON CONFLICT (name) DO UPDATE "
                       "SET value = CAST(meta.value + 1 AS TEXT)") {
}

void record_writer::save(const core::tunnel_record& record, const std::optional<core::history_entry>& ended) {
    const auto tunnel = upsert(record);
    replace_strays(tunnel, record);
    if (ended)
        add_history(tunnel, *ended);
}

void record_writer::probe() {
    probe_.tryReset();
    probe_.exec();
}

std::int64_t record_writer::upsert(const core::tunnel_record& record) {
    std::string reason;  // live until the statement has run: nothing bound is copied
    std::string sealed;
    binder row(upsert_);
    row << record.id.organization_id << record.id.hostname << record.name << record.first_seen
        << record.last_success << record.paused_at << record.failures << record.retry_at << record.last_error
        << record.generation << record.regenerated_for_rejection_at << record.confirmation_owed
        << record.last_unanswered_at;
    if (const auto& open = record.open) {
        reason = to_string(open->why);
        row << reason << open->began_at << open->gap_opened_at << open->intent << open->unknown
            << open->regenerates << open->installs << open->unknowns_in_a_row << open->instance_url
            << open->settings;
    } else {
        row.none(10);
    }
    if (const auto& key = record.key) {
        row << key->generation << key->minted_at << key->name << key->on_premise_url << key->rejections;
        if (key->key) {
            sealed = keys_.seal(record.id, key->generation, *key->key);
            row.blob(sealed);
        } else {
            row.none();
        }
    } else {
        row.none(6);
    }
    upsert_.executeStep();
    const auto id = upsert_.getColumn(0).getInt64();
    upsert_.reset();
    return id;
}

void record_writer::replace_strays(std::int64_t tunnel, const core::tunnel_record& record) {
    binder(forget_strays_) << tunnel;
    forget_strays_.exec();
    int position = 0;
    for (const auto& stray : record.strays) {
        binder(add_stray_) << tunnel << position++ << stray.generation << stray.at << stray.instance_url;
        add_stray_.exec();
    }
}

void record_writer::add_history(std::int64_t tunnel, const core::history_entry& ended) {
    binder(last_sequence_) << tunnel;
    const auto sequence = last_sequence_.executeStep() ? last_sequence_.getColumn(0).getInt64() + 1 : 1;
    last_sequence_.reset();

    const std::string reason(to_string(ended.why));
    const std::string outcome(to_string(ended.how));
    binder(add_history_) << tunnel << sequence << reason << ended.began_at << ended.ended_at
                         << ended.gap.count() << ended.regenerates << ended.installs << outcome << ended.error;
    add_history_.exec();
    binder(prune_history_) << tunnel << sequence - history_limit;
    prune_history_.exec();
}

}  // namespace tunnelkeyd::store
