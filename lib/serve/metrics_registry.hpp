#pragma once

#include "core/overview.hpp"
#include "ports/metrics.hpp"

#include <memory>
#include <string>

namespace tunnelkeyd::serve {

/// Prometheus metrics: what is counted as it happens, and, at each scrape, what the present state says.
/// Counting is for the loop's thread; text() for any.
class metrics_registry final : public ports::metrics {
public:
    metrics_registry();
    ~metrics_registry() override;
    metrics_registry(const metrics_registry&) = delete;
    metrics_registry& operator=(const metrics_registry&) = delete;

    void request_ended(ports::endpoint which, const core::exchange& seen) override;
    void rotation_ended(const core::history_entry& entry) override;

    /// All metrics in Prometheus's text format 0.0.4.
    [[nodiscard]] std::string text(const core::overview& now) const;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace tunnelkeyd::serve
