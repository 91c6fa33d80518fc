#include "serve/exposition.hpp"

#include <prometheus/text_serializer.h>

#include <utility>

namespace tunnelkeyd::serve {

void exposition::add(const std::vector<prometheus::MetricFamily>& families) {
    flush();
    prometheus::TextSerializer().Serialize(out_, families);
}

void exposition::series(std::initializer_list<metric_label> labels, double value) {
    series(std::vector(labels), value);
}

void exposition::series(std::vector<metric_label> labels, double value) {
    auto& family = open_.front();
    auto& made = family.metric.emplace_back();
    made.label = std::move(labels);
    if (family.type == prometheus::MetricType::Counter)
        made.counter.value = value;
    else
        made.gauge.value = value;
}

std::string exposition::text() {
    flush();
    return std::move(out_).str();
}

void exposition::begin(std::string name, std::string help, prometheus::MetricType type) {
    flush();
    open_.push_back({std::move(name), std::move(help), type, {}});
}

void exposition::flush() {
    if (!open_.empty() && !open_.front().metric.empty())
        prometheus::TextSerializer().Serialize(out_, open_);
    open_.clear();
}

}  // namespace tunnelkeyd::serve
