#pragma once

#include "core/config.hpp"
#include "core/record.hpp"
#include "core/time.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tunnelkeyd::daemon {

/// The state store in the hands of a command, which waits for what it writes: no daemon may hold it meanwhile.
/// All throw store::error.
class held_store {
public:
    /// Opens it, and makes it where there is none. Says what a person should know of its sealing key.
    explicit held_store(const core::state_settings& settings);
    ~held_store();
    held_store(const held_store&) = delete;
    held_store& operator=(const held_store&) = delete;

    [[nodiscard]] std::vector<core::tunnel_record> load() const;
    [[nodiscard]] core::wall_time now() const;

    using write = std::pair<core::tunnel_record, std::optional<core::history_entry>>;
    /// Returns once all of it is on disk: "", or why it is not.
    std::string save(const std::vector<write>& writes);

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace tunnelkeyd::daemon
