#pragma once

#include "ports/log.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnelkeyd::tests {

/// Keeps what it is told, unless told not to; looks for secrets in it always. All secrets of the fake world
/// contain "s3cr3t".
class fake_log final : public ports::log {
public:
    struct line {
        std::string tunnel;
        core::notice event;
    };

    void write(std::string_view tunnel, const core::notice& event) override {
        leaked_ |= tells_secret(event.message);
        for (const auto& field : event.fields)
            leaked_ |= tells_secret(field.second);
        if (told)
            told(tunnel, event);
        if (keep)
            lines.push_back({std::string(tunnel), event});
    }

    [[nodiscard]] std::size_t count(std::string_view name, std::string_view tunnel = {}) const {
        return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), [&](const line& entry) {
            return entry.event.name == name && (tunnel.empty() || entry.tunnel == tunnel);
        }));
    }

    /// Has a secret ever been in a notice?
    [[nodiscard]] bool leaked() const noexcept { return leaked_; }

    bool keep = true;
    std::function<void(std::string_view tunnel, const core::notice&)> told;
    std::vector<line> lines;

private:
    // The base64 of "rotator:s3cr3t" and of "Bearer s3cr3t" counts too.
    static bool tells_secret(const std::string& text) {
        return text.find("s3cr3t") != std::string::npos || text.find("czNjcjN0") != std::string::npos ||
               text.find("OnMzY3IzdC") != std::string::npos;
    }

    bool leaked_ = false;
};

}  // namespace tunnelkeyd::tests
