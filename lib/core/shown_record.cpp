#include "core/shown_record.hpp"

namespace tunnelkeyd::core {

tunnel_overview overview_of(const tunnel_record& record) {
    tunnel_overview seen;
    seen.name = record.name;
    seen.id = record.id;
    seen.last_success = record.last_success;
    seen.paused_at = record.paused_at;
    if (record.open)
        seen.gap_opened_at = record.open->gap_opened_at;
    seen.key_pending = record.key.has_value();
    seen.confirmation_owed = record.confirmation_owed;
    seen.failures = record.failures;
    seen.last_error = record.last_error;
    seen.retry_at = record.retry_at;
    return seen;
}

pending_report pending_of(const tunnel_record& record) {
    pending_report report;
    report.tunnel = record.name;
    report.id = record.id;
    report.instance_url = record.open->instance_url;
    report.gap_opened_at = record.open->gap_opened_at;
    report.regenerates = record.open->regenerates;
    report.installs = record.open->installs;
    if (record.key) {
        report.number = record.key->generation;
        report.minted_at = record.key->minted_at;
        report.readable = record.key->key != nullptr;
    }
    return report;
}

std::string orphaned_by(const std::string& owner) {
    return "its instance now belongs to tunnel \"" + owner + "\": its key is sent nowhere";
}

}  // namespace tunnelkeyd::core
