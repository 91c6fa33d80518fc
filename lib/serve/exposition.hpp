#pragma once

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// Private to the metrics.
namespace tunnelkeyd::serve {

using metric_label = prometheus::ClientMetric::Label;

/// Metrics that are read off the present state, family by family: there may be 100,000 series.
class exposition {
public:
    /// Adds what a registry has collected.
    void add(const std::vector<prometheus::MetricFamily>& families);

    /// Begins a family, and ends the one before. One without a series leaves no trace.
    void begin_gauges(std::string name, std::string help) {
        begin(std::move(name), std::move(help), prometheus::MetricType::Gauge);
    }
    void begin_counters(std::string name, std::string help) {
        begin(std::move(name), std::move(help), prometheus::MetricType::Counter);
    }
    /// A series of the family begun last.
    void series(std::initializer_list<metric_label> labels, double value);
    void series(std::vector<metric_label> labels, double value);

    /// All of it, as text.
    [[nodiscard]] std::string text();

private:
    void begin(std::string name, std::string help, prometheus::MetricType type);
    void flush();

    std::ostringstream out_;
    std::vector<prometheus::MetricFamily> open_;  ///< one, or none
};

}  // namespace tunnelkeyd::serve
