#pragma once

#include "config/load.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tunnelkeyd::config::testing {

/// An environment of a test's own. It has to outlive what lookup() returned.
struct variables {
    std::map<std::string, std::string> values;

    [[nodiscard]] environment lookup() const {
        return [this](const char* name) -> const char* {
            const auto found = values.find(name);
            return found == values.end() ? nullptr : found->second.c_str();
        };
    }
};

inline environment no_environment() {
    return [](const char*) -> const char* { return nullptr; };
}

inline load_result load(std::string_view text) {
    return load_text(text, "c", no_environment());
}

/// The configuration; fails the test where there are errors.
inline core::config good(std::string_view text) {
    auto result = load(text);
    INFO(text);
    for (const auto& error : result.errors)
        UNSCOPED_INFO(error);
    REQUIRE(result.value);
    REQUIRE(result.errors.empty());
    return *result.value;
}

using lines = std::vector<std::string>;

inline lines errors(std::string_view text) {
    auto result = load(text);
    INFO(text);
    REQUIRE_FALSE(result.value);
    REQUIRE_FALSE(result.errors.empty());
    return result.errors;
}

/// A configuration with one organization, and below it what the test adds.
inline std::string with_organization(std::string_view rest) {
    return "version: 1\n"
           "organizations: [{name: acme, id: o1, api_key: {file: /k}}]\n" +
           std::string(rest);
}

/// A configuration of one tunnel; `fields` are lines of the tunnel, indented by four.
inline std::string with_tunnel(std::string_view fields, std::string_view instance = "") {
    return with_organization("tunnels:\n"
                             "  - name: jira\n"
                             "    hostname: h1\n" +
                             std::string(fields) +
                             "    instance:\n"
                             "      url: https://jira.example.com/jira\n"
                             "      auth: {bearer: {file: /pat}}\n" +
                             std::string(instance));
}

/// A directory that is gone after the test.
class scratch {
public:
    [[nodiscard]] std::string path(std::string_view name) const { return directory_ / name; }

    /// Writes a file that only its owner may read, and returns its path.
    std::string write(std::string_view name, std::string_view content) const {
        std::ofstream(path(name), std::ios::binary) << content;
        std::filesystem::permissions(path(name), std::filesystem::perms(0600));
        return path(name);
    }

private:
    support::temporary_directory directory_;
};

}  // namespace tunnelkeyd::config::testing
