#include "config/print.hpp"
#include "support.hpp"
#include "support/places.hpp"

#include <random>

using namespace tunnelkeyd::config;
using namespace tunnelkeyd::config::testing;

namespace {

std::string example() {
    std::ifstream in(tunnelkeyd::support::project_file("config/config.example.yaml"));
    return {std::istreambuf_iterator<char>(in), {}};
}

/// One to eight small changes: bytes replaced, dropped, doubled or moved, and pieces that mean something to
/// YAML.
std::string mutated(std::string text, std::mt19937& random) {
    static const std::string pieces[] = {
        "\n",  "  ", ": ", "- ", "{", "}",  "[", "]",     "&a ", "*a",  "!x",       "\"",   "'",   "|\n",
        ">\n", "#",  "? ", "<<", "~", "\t", ",", "---\n", "%",   "...", "\xC3\xBC", "\xFF", "1e9", "\\"};
    const auto below = [&](std::size_t end) {
        return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
    };
    for (auto left = below(8) + 1; left > 0 && text.size() > 64; --left) {
        const auto at = below(text.size() - 32);
        switch (below(5)) {
        case 0:
            text[at] = static_cast<char>(below(256));
            break;
        case 1:
            text.erase(at, below(32));
            break;
        case 2:
            text.insert(at, text, below(text.size()), below(64));
            break;
        case 3:
            text.insert(at, pieces[below(std::size(pieces))]);
            break;
        default:
            text.resize(at + 32);
            break;
        }
    }
    return text;
}

}  // namespace

TEST_CASE("no mutation of the example crashes the loader or lets an exception out") {
    std::mt19937 random(20'240'229);
    const auto original = example();
    std::size_t taken = 0;
    for (int round = 0; round < 4'000; ++round) {
        const auto text = mutated(original, random);
        load_result result;
        try {
            result = load(text);
        } catch (const std::exception& error) {
            FAIL(error.what() << " for\n" << text);
        }
        REQUIRE(result.value.has_value() == result.errors.empty());
        REQUIRE(result.errors.size() <= 101);
        if (!result.value)
            continue;
        ++taken;
        REQUIRE(good(print(*result.value)) == *result.value);
    }
    CHECK(taken > 100);
}

TEST_CASE("every prefix of a configuration is read or refused") {
    const auto text = with_tunnel("    schedule: {every: 7d}\n", "      preflight: {status: true}\n");
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const auto result = load(std::string_view(text).substr(0, size));
        REQUIRE(result.value.has_value() == result.errors.empty());
    }
}

TEST_CASE("a list of many wrong items costs a bounded number of messages") {
    std::string text = with_organization("tunnels:\n");
    for (int i = 0; i < 20'000; ++i)
        text += "  - {x: 1}\n";
    CHECK(errors(text).size() == 101);
}

TEST_CASE("aliases of a tunnel are tunnels, and so duplicates") {
    const auto found = errors(with_organization(
        "tunnels: [&t {name: t, hostname: h, instance: {url: https://x, auth: {bearer: {file: /p}}}}, *t]"));
    CHECK(found.size() == 3);
}
