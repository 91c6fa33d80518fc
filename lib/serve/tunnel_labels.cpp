#include "serve/tunnel_labels.hpp"

#include <boost/locale/encoding_utf.hpp>

#include <unordered_set>

namespace tunnelkeyd::serve {

std::string label_value(std::string_view text) {
    namespace conv = boost::locale::conv;
    return conv::utf_to_utf<char>(text.data(), text.data() + text.size(), conv::skip);
}

std::vector<std::string> tunnel_labels(const std::vector<core::tunnel_overview>& tunnels) {
    std::vector<std::string> labels;
    std::unordered_set<std::string> taken;
    labels.reserve(tunnels.size());
    for (const auto& each : tunnels) {
        auto label = label_value(each.name);
        if (taken.contains(label))
            label += " (" + label_value(each.id.hostname) + ")";
        for (unsigned more = 2; !taken.insert(label).second; ++more)
            label += " #" + std::to_string(more);
        labels.push_back(std::move(label));
    }
    return labels;
}

}  // namespace tunnelkeyd::serve
