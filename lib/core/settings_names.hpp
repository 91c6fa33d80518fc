#pragma once

#include "core/config.hpp"

#include <string_view>
#include <utility>

/// The words by which the configuration names its choices, for reading and for writing.
namespace tunnelkeyd::core {

template <class T>
using word_for = std::pair<T, std::string_view>;

inline constexpr word_for<log_level> log_level_words[] = {
    {log_level::trace, "trace"}, {log_level::debug, "debug"}, {log_level::info, "info"},
    {log_level::warn, "warn"},   {log_level::error, "error"},
};

inline constexpr word_for<log_format> log_format_words[] = {
    {log_format::automatic, "auto"},
    {log_format::text, "text"},
    {log_format::json, "json"},
    {log_format::journald, "journald"},
};

inline constexpr word_for<first_rotation> first_rotation_words[] = {
    {first_rotation::wait, "wait"},
    {first_rotation::now, "now"},
};

/// As in core::window::days: Sunday is 0.
inline constexpr word_for<unsigned> weekday_words[] = {
    {0, "sun"}, {1, "mon"}, {2, "tue"}, {3, "wed"}, {4, "thu"}, {5, "fri"}, {6, "sat"},
};

/// What is said in one word; the third is a mapping.
inline constexpr word_for<proxy_settings::source> proxy_source_words[] = {
    {proxy_settings::source::none, "none"},
    {proxy_settings::source::environment, "environment"},
};

inline constexpr word_for<tls_version> tls_version_words[] = {
    {tls_version::v1_2, "1.2"},
    {tls_version::v1_3, "1.3"},
};

inline constexpr word_for<secret_reference::source> secret_source_words[] = {
    {secret_reference::source::file, "file"},
    {secret_reference::source::credential, "credential"},
    {secret_reference::source::env, "env"},
};

template <class T, std::size_t N>
std::string_view word_of(T value, const word_for<T> (&words)[N]) {
    for (const auto& [known, word] : words)
        if (known == value)
            return word;
    return {};
}

}  // namespace tunnelkeyd::core
