#include "core/by_hand.hpp"

#include <algorithm>

namespace tunnelkeyd::core {

history_entry by_hand(const tunnel_record& record, outcome what, const std::string& by, wall_time now) {
    const auto& open = *record.open;
    history_entry entry;
    entry.why = open.why;
    entry.began_at = open.began_at;
    entry.ended_at = now;
    entry.gap = std::max(duration(0), now - open.gap_opened_at);  // the clock may have been set back
    entry.regenerates = open.regenerates;
    entry.installs = open.installs;
    entry.how = what;
    entry.error = "by " + by;
    return entry;
}

history_entry end_by_hand(tunnel_record& record, const std::string& by, wall_time now) {
    auto entry = by_hand(record, outcome::manual, by, now);
    // Without a stored key, whatever was sent is another one than what was installed.
    if (std::any_of(record.strays.begin(), record.strays.end(), [&](const stray_install& sent) {
            return !record.key || sent.generation != record.key->generation;
        }))
        record.confirmation_owed = true;
    if (record.open->intent) {  // it may be under way still
        record.confirmation_owed = true;
        record.last_unanswered_at = now;
    }
    note_success(record, now);
    record.open.reset();
    record.key.reset();
    record.failures = 0;
    record.retry_at.reset();
    record.last_error.clear();
    return entry;
}

}  // namespace tunnelkeyd::core
