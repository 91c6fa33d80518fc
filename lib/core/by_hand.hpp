#pragma once

#include "core/record.hpp"

#include <cstdint>
#include <string>

/// What a person does to a key gap that is open: break-glass.
namespace tunnelkeyd::core {

/// How a person ends it.
enum class resolution : std::uint8_t {
    installed,   ///< a key was installed by hand: nothing is left to do
    regenerate,  ///< the stored key is given up, and another one asked for
};

/// A line of the history for what `by` ("root") does to the rotation under way now. The record is open.
history_entry by_hand(const tunnel_record& record, outcome what, const std::string& by, wall_time now);

/// A person has installed a key, nobody knows when: closes the gap, and returns its line of the history. Owes a
/// confirmation where another key of record.strays may have arrived after that one, or may still. The record is
/// open.
history_entry end_by_hand(tunnel_record& record, const std::string& by, wall_time now);

}  // namespace tunnelkeyd::core
