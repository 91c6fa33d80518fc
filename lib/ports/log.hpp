#pragma once

#include "core/notice.hpp"

#include <string_view>

namespace tunnelkeyd::ports {

/// Where events go. Any thread. Never throws, never blocks for long.
class log {
public:
    virtual ~log() = default;

    /// `tunnel` is its name, or "" for an event of the daemon as a whole.
    virtual void write(std::string_view tunnel, const core::notice& event) = 0;
};

}  // namespace tunnelkeyd::ports
