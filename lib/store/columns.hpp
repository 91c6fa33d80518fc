#pragma once

#include <array>
#include <string_view>

namespace tunnelkeyd::store {

/// The columns of table `tunnel` that hold a core::tunnel_record, in the order in which they are bound and
/// read. The first two are the identity, the last one the sealed key.
inline constexpr std::array<std::string_view, 29> record_columns{
    "organization_id",
    "hostname",
    "name",
    "first_seen",
    "last_success",
    "paused_at",
    "failures",
    "retry_at",
    "last_error",
    "generation",
    "regenerated_for_rejection_at",
    "confirmation_owed",
    "last_unanswered_at",
    "open_reason",
    "open_began_at",
    "open_gap_opened_at",
    "open_intent",
    "open_unknown",
    "open_regenerates",
    "open_installs",
    "open_unknowns_in_a_row",
    "open_instance_url",
    "open_settings",
    "key_generation",
    "key_minted_at",
    "key_name",
    "key_on_premise_url",
    "key_rejections",
    "key_sealed",
};

}  // namespace tunnelkeyd::store
