#include "store/record_reader.hpp"

#include "store/columns.hpp"
#include "store/error.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace tunnelkeyd::store {

namespace {

/// Takes one column of a row after the other.
class row_reader {
public:
    explicit row_reader(const SQLite::Statement& row) : row_(row) {}

    row_reader& operator>>(std::string& text) {
        text = next().getString();
        return *this;
    }
    row_reader& operator>>(core::wall_time& at) {
        at = core::wall_time(core::duration(next().getInt64()));
        return *this;
    }
    row_reader& operator>>(std::optional<core::wall_time>& at) {
        if (const auto column = next(); !column.isNull())
            at = core::wall_time(core::duration(column.getInt64()));
        return *this;
    }
    template <class Number>
    requires std::is_integral_v<Number> row_reader& operator>>(Number& number) {
        number = static_cast<Number>(next().getInt64());
        return *this;
    }
    row_reader& operator>>(core::duration& length) {
        length = core::duration(next().getInt64());
        return *this;
    }
    row_reader& operator>>(core::reason& why) {
        why = known(core::parse_reason(text()), "reason");
        return *this;
    }
    row_reader& operator>>(core::outcome& how) {
        how = known(core::parse_outcome(text()), "outcome");
        return *this;
    }

    [[nodiscard]] bool next_is_null() const { return row_.isColumnNull(index_); }
    [[nodiscard]] std::string text() { return next().getString(); }
    void skip(int count) { index_ += count; }

private:
    SQLite::Column next() { return row_.getColumn(index_++); }

    template <class T>
    static T known(std::optional<T> value, const char* what) {
        if (!value)
            throw error(error_kind::damaged, std::string("the state store holds an unknown ") + what +
                                                 ": stop the daemon and put a backup in its place");
        return *value;
    }

    const SQLite::Statement& row_;
    int index_ = 0;
};

core::open_rotation read_rotation(row_reader& row) {
    core::open_rotation open;
    row >> open.why >> open.began_at >> open.gap_opened_at >> open.intent >> open.unknown >> open.regenerates >>
        open.installs >> open.unknowns_in_a_row >> open.instance_url >> open.settings;
    return open;
}

core::pending_key read_key(row_reader& row, const core::identity& tunnel, const sealer* keys) {
    core::pending_key key;
    row >> key.generation >> key.minted_at >> key.name >> key.on_premise_url >> key.rejections;
    if (keys == nullptr)
        return key;
    if (auto plain = keys->unseal(tunnel, key.generation, row.text()))
        key.key = std::make_shared<const core::secret>(std::move(*plain));
    return key;
}

core::tunnel_record read_record(row_reader row, const sealer* keys) {
    core::tunnel_record record;
    row >> record.id.organization_id >> record.id.hostname >> record.name >> record.first_seen >>
        record.last_success >> record.paused_at >> record.failures >> record.retry_at >> record.last_error >>
        record.generation >> record.regenerated_for_rejection_at >> record.confirmation_owed >>
        record.last_unanswered_at;
    if (row.next_is_null())
        row.skip(10);
    else
        record.open = read_rotation(row);
    if (!row.next_is_null())
        record.key = read_key(row, record.id, keys);
    return record;
}

/// Both are in the order of the tunnels' numbers.
void read_strays(SQLite::Database& database, const std::vector<std::int64_t>& ids,
                 std::vector<core::tunnel_record>& records) {
    SQLite::Statement select(
        database, "SELECT tunnel, generation, at, instance_url FROM stray ORDER BY tunnel, position");
    std::size_t i = 0;
    while (select.executeStep()) {
        row_reader row(select);
        std::int64_t tunnel = 0;
        core::stray_install stray;
        row >> tunnel >> stray.generation >> stray.at >> stray.instance_url;
        while (i < ids.size() && ids[i] < tunnel)
            ++i;
        if (i < ids.size() && ids[i] == tunnel)
            records[i].strays.push_back(stray);
    }
}

}  // namespace

std::vector<core::tunnel_record> read_records(SQLite::Database& database, const sealer* keys) {
    const SQLite::Transaction snapshot(database);  // both tables as they were at one moment
    std::string names;
    for (const auto column : record_columns)
        names += std::string(column) + ", ";
    SQLite::Statement select(database, "SELECT " + names + "id FROM tunnel ORDER BY id");
    std::vector<core::tunnel_record> records;
    std::vector<std::int64_t> ids;
    while (select.executeStep()) {
        records.push_back(read_record(row_reader(select), keys));
        ids.push_back(select.getColumn(static_cast<int>(record_columns.size())).getInt64());
    }
    read_strays(database, ids, records);
    return records;
}

std::vector<core::history_entry> read_history(SQLite::Database& database, const core::identity& tunnel,
                                              std::size_t limit) {
    SQLite::Statement select(
        database,
        "SELECT reason, began_at, ended_at, gap_ms, regenerates, installs, outcome, error FROM history "
        "WHERE tunnel = (SELECT id FROM tunnel WHERE organization_id = ? AND hostname = ?) "
        "ORDER BY sequence DESC LIMIT ?");
    select.bindNoCopy(1, tunnel.organization_id);
    select.bindNoCopy(2, tunnel.hostname);
    constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
    select.bind(3, static_cast<std::int64_t>(std::min(limit, most)));
    std::vector<core::history_entry> entries;
    while (select.executeStep()) {
        row_reader row(select);
        auto& entry = entries.emplace_back();
        row >> entry.why >> entry.began_at >> entry.ended_at >> entry.gap >> entry.regenerates >>
            entry.installs >> entry.how >> entry.error;
    }
    return entries;
}

std::size_t count_sealed_keys(SQLite::Database& database) {
    return static_cast<std::size_t>(
        database.execAndGet("SELECT count(*) FROM tunnel WHERE key_sealed IS NOT NULL").getInt64());
}

}  // namespace tunnelkeyd::store
