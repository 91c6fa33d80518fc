#include "support/control_fixture.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <utility>

namespace tunnelkeyd::testing {

control_fixture::control_fixture(serve::server_limits limits, serve::look look)
    : server_(std::make_unique<serve::control_server>(loop, socket, std::move(look), metrics, daemon, log,
                                                      limits)) {
    start();
}

void control_fixture::answer_all() {
    on_loop([this] {
        for (const auto& answer : daemon.take())
            answer();
    });
}

void control_fixture::end() {
    on_loop([this] { server_.reset(); });
    run_out();
}

std::string code_of(const reply& got) {
    const auto json = nlohmann::json::parse(got.body);
    for (const char* field : {"message", "remedy"})
        if (json.at(field).get<std::string>().empty())
            throw std::runtime_error("a refusal says nothing: " + got.body);
    return json.at("code");
}

}  // namespace tunnelkeyd::testing
