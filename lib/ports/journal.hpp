#pragma once

#include "core/record.hpp"

#include <functional>
#include <optional>
#include <string>

namespace tunnelkeyd::ports {

/// "" when the write is on disk, else what went wrong, for people.
using write_handler = std::function<void(const std::string& error)>;

/// The state store as a rotation sees it. Used from the loop's thread only; handlers are called from the loop,
/// exactly once, never from inside the call that asked. Writes of one tunnel take effect in the order in which
/// they were asked for.
class journal {
public:
    virtual ~journal() = default;

    /// Replaces the tunnel's record, and adds a line to its history where there is one; both or neither. A
    /// pending key is sealed. "Done" means synced to disk.
    virtual void save(const core::tunnel_record& record, std::optional<core::history_entry> ended,
                      write_handler done) = 0;

    /// Does the store take a durable write? Answers at once when one succeeded within the last `fresh_enough`.
    virtual void probe(core::duration fresh_enough, write_handler done) = 0;
};

}  // namespace tunnelkeyd::ports
