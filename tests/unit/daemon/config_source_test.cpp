#include "daemon/config_source.hpp"
#include "support/child_process.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>

using namespace tunnelkeyd;

namespace {

std::string tunnel(const std::string& name) {
    return "  - {name: " + name + ", hostname: " + name + "-host, instance: {url: \"https://" + name +
           ".example.com\", auth: {bearer: {file: /x}}}}\n";
}

/// A store and a file, and both threads are this one.
struct fixture {
    fixture()
        : store({directory.path() / "state", std::nullopt, [](std::function<void()>) {},
                 [] { return core::steady_time{}; }}) {}

    void write(const std::string& tunnels) const {
        support::write_file(
            directory.path() / "config.yaml",
            "version: 1\norganizations:\n  - {name: acme, id: o, api_key: {file: /k}}\ntunnels:\n" + tunnels);
    }

    ports::loaded_configuration load(const core::config& in_force = {}) {
        daemon::config_source source(
            directory.path() / "config.yaml", store, [](const std::function<void()>& task) { task(); },
            [](const std::function<void()>& task) { task(); });
        std::optional<ports::loaded_configuration> found;
        source.load(std::make_shared<const core::config>(in_force),
                    [&](ports::loaded_configuration loaded) { found = std::move(loaded); });
        REQUIRE(found);
        return std::move(*found);
    }

    support::temporary_directory directory;
    store::state_store store;
};

}  // namespace

TEST_CASE_METHOD(fixture, "a good file is a configuration, a bad one all its errors") {
    write(tunnel("jira"));
    const auto good = load();
    REQUIRE(good.config);
    CHECK(good.errors.empty());
    CHECK(good.config->tunnels.size() == 1);

    write("  - {nam: x}\n");
    const auto bad = load();
    CHECK_FALSE(bad.config);
    CHECK(bad.errors.size() > 1);
}

TEST_CASE_METHOD(fixture, "a file that is not there is one error") {
    const auto missing = load();
    CHECK_FALSE(missing.config);
    REQUIRE(missing.errors.size() == 1);
    CHECK(missing.errors.front().find("config.yaml: cannot be opened") != std::string::npos);
}

TEST_CASE("only of tunnels that are new does the journal tell what it knows") {
    const support::temporary_directory directory;
    const auto state = directory.path() / "state";
    const auto settings = [&] {
        return store::settings{state, std::nullopt, [](std::function<void()>) {},
                               [] { return core::steady_time{}; }};
    };
    {
        store::state_store earlier(settings());
        for (const char* name : {"jira", "confluence", "gone"}) {
            core::tunnel_record record;
            record.id = {"o", std::string(name) + "-host"};
            record.name = name;
            earlier.save(record, std::nullopt, [](const std::string&) {});
        }
    }
    store::state_store store(settings());
    const auto file = directory.path() / "config.yaml";
    const auto write = [&](const std::string& tunnels) {
        support::write_file(file, "version: 1\norganizations:\n  - {name: acme, id: o, api_key: {file: /k}}\n"
                                  "tunnels:\n" +
                                      tunnels);
    };
    daemon::config_source source(
        file, store, [](const std::function<void()>& task) { task(); },
        [](const std::function<void()>& task) { task(); });
    const auto load = [&](std::shared_ptr<const core::config> in_force) {
        ports::loaded_configuration found;
        source.load(std::move(in_force),
                    [&](ports::loaded_configuration loaded) { found = std::move(loaded); });
        return found;
    };
    write(tunnel("jira"));
    const auto first = load(std::make_shared<const core::config>());
    REQUIRE(first.records.size() == 1);
    CHECK(first.records.front().name == "jira");

    write(tunnel("jira") + tunnel("confluence"));
    const auto second = load(first.config);
    REQUIRE(second.records.size() == 1);
    CHECK(second.records.front().name == "confluence");

    CHECK(load(second.config).records.empty());
}
