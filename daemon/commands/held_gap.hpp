#pragma once

#include "core/config.hpp"
#include "core/record.hpp"
#include "daemon/commands/held_store.hpp"

#include <string>

namespace tunnelkeyd::daemon {

/// A tunnel whose key gap is open, in a store that this process holds.
struct held_gap {
    core::tunnel_record record;  ///< with `open`
    std::string tunnel;          ///< its name: as configured, or the last one
    std::string instance_url;    ///< where its key goes
    bool held = false;           ///< a guard holds the key back
};

/// By its name or its hostname. Throws command_error where there is none, or more than one.
held_gap find_gap(const core::config& config, const held_store& store, const std::string& tunnel);

/// Makes no store where there is none, and takes it from nobody. Throws command_error where no gap is open.
void check_for_gap(const core::config& config, const std::string& tunnel);

}  // namespace tunnelkeyd::daemon
