#pragma once

#include "config/mapping.hpp"
#include "config/suggest.hpp"
#include "core/settings_names.hpp"
#include "core/time.hpp"
#include "core/url.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Single values. Each function sets `into` and returns true, or reports what is wrong and leaves it alone.
namespace tunnelkeyd::config {

struct duration_limits {
    core::duration least;
    core::duration most;
};

inline constexpr core::duration tick{1};
inline constexpr core::duration century = std::chrono::days(36'525);

bool read(const field& from, bool& into);
bool read(const field& from, unsigned& into, unsigned least, unsigned most);
bool read(const field& from, core::duration& into, duration_limits limits);

/// A duration, or the word `never`: nothing.
bool read(const field& from, std::optional<core::duration>& into, duration_limits limits);

/// A day of the calendar, YYYY-MM-DD: its beginning in UTC.
bool read(const field& from, std::optional<core::wall_time>& into);

/// http only for loopback: keys and credentials go there.
bool read(const field& from, core::base_url& into);

/// Text without control characters, at most 1024 bytes.
bool read_text(const field& from, std::string& into);
/// An account's name for Basic authentication: without a colon (RFC 7617).
bool read_username(const field& from, std::string& into);
/// What is safe in URLs, file names and metrics: 1 to `most` letters, digits, `.`, `_`, `-`, not first.
bool read_name(const field& from, std::string& into, std::size_t most);
/// An absolute path.
bool read_path(const field& from, std::string& into);
/// An environment variable's name.
bool read_variable_name(const field& from, std::string& into);
/// A host's name or IP address.
bool read_host(const field& from, std::string& into);
/// One DNS label, or the tunnel's whole link URL, of which the first label counts; in lower case.
bool read_hostname(const field& from, std::string& into);

/// Reports a scalar that is none of `words`.
void report_choice(const field& from, std::span<const std::string_view> words);
/// The text of a scalar; null where it is something else, which is reported.
const std::string_view* scalar(const field& from, std::string_view expected);

template <class T, std::size_t N>
bool read(const field& from, T& into, const core::word_for<T> (&words)[N]) {
    const auto* text = scalar(from, "one word");
    if (text == nullptr)
        return false;
    std::string_view known[N];
    for (std::size_t i = 0; i < N; ++i) {
        known[i] = words[i].second;
        if (known[i] == *text) {
            into = words[i].first;
            return true;
        }
    }
    report_choice(from, known);
    return false;
}

}  // namespace tunnelkeyd::config
