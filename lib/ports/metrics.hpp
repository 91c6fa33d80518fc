#pragma once

#include "core/exchange.hpp"
#include "core/record.hpp"

#include <cstdint>

namespace tunnelkeyd::ports {

/// The requests that are made of peers, as metrics name them.
enum class endpoint : std::uint8_t { organization, regenerate, status, whoami, install };

/// What is counted as it happens. All that can be read off the present state is not: see core::overview. Loop's
/// thread only.
class metrics {
public:
    virtual ~metrics() = default;

    virtual void request_ended(endpoint which, const core::exchange& seen) = 0;
    /// Of whatever tunnel; also one that came to nothing.
    virtual void rotation_ended(const core::history_entry& entry) = 0;
};

}  // namespace tunnelkeyd::ports
