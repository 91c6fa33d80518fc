#include "daemon/examination_printer.hpp"
#include "serve/examination_json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>

using namespace tunnelkeyd;
using daemon::examination_printer;
using form = examination_printer::form;
using result = core::check_line::result;

namespace {

const core::examination jira{
    "jira",
    {{"store", result::passed, "takes durable writes", ""},
     {"api_key", result::warning, "cannot tell: the cloud knows no such organization (HTTP 404)",
      "see that organizations[].id is right, and cloud.url"},
     {"instance_state", result::failed, "the instance says that it is MAINTENANCE", "wait"},
     {"credentials", result::skipped, "because instance_state failed", ""}}};

std::string print(const std::vector<core::examination>& all, form how = form::text) {
    std::ostringstream out;
    examination_printer printer(out, how);
    for (const auto& each : all)
        printer.print(serve::examination_json(each));
    printer.end();
    return out.str();
}

core::examination with(result came_out, std::string found = "") {
    return {"x", {{"store", came_out, std::move(found), ""}}};
}

}  // namespace

TEST_CASE("an examination for people has a line a check, with the remedy below it") {
    CHECK(print({jira}) == R"(jira
  ok    store                takes durable writes
  WARN  api key              cannot tell: the cloud knows no such organization
                             (HTTP 404)
                             -> see that organizations[].id is right, and
                                cloud.url
  FAIL  instance state       the instance says that it is MAINTENANCE
                             -> wait
  skip  credentials          because instance_state failed

1 tunnel: 0 passed, 1 failed: jira
)");
}

TEST_CASE("the last line sums up, and the exit status goes by it") {
    CHECK(print({with(result::passed), with(result::warning), with(result::failed)})
              .ends_with("3 tunnels: 2 passed (1 with warnings), 1 failed: x\n"));
    CHECK(print(std::vector(21, with(result::failed)))
              .ends_with("21 failed: x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, ...\n"));
    std::ostringstream out;
    examination_printer printer(out, form::text);
    printer.print(serve::examination_json(with(result::warning)));
    CHECK(printer.all_passed());
    printer.print(serve::examination_json(with(result::failed)));
    CHECK_FALSE(printer.all_passed());
}

TEST_CASE("whatever peers say fits 80 columns, and no terminal obeys it") {
    const auto text = print({with(result::failed, "a\x1b[31m\r\nb \xc3\xbc \xff " + std::string(500, 'x'))});
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find(R"(a\u001b[31m\r\nb \u00fc \ufffd)") != std::string::npos);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        CHECK(line.size() <= 80);
        CHECK(line.find('\r') == std::string::npos);
    }
}

TEST_CASE("colour marks the results alone") {
    const auto text = print({jira}, form::text_in_colour);
    CHECK(text.find("  \x1b[31mFAIL\x1b[0m  instance state") != std::string::npos);
    CHECK(text.find("  \x1b[32mok\x1b[0m    store") != std::string::npos);
}

TEST_CASE("examinations for programs are one JSON document") {
    const auto all = nlohmann::json::parse(print({jira, with(result::passed)}, form::json)).at("tunnels");
    REQUIRE(all.size() == 2);
    CHECK(all[0].at("tunnel") == "jira");
    CHECK(all[0].at("passed") == false);
    CHECK(all[0].at("checks")[1] ==
          nlohmann::json{{"check", "api_key"},
                         {"result", "warning"},
                         {"found", "cannot tell: the cloud knows no such organization (HTTP 404)"},
                         {"remedy", "see that organizations[].id is right, and cloud.url"}});
    CHECK(all[1].at("passed") == true);
    CHECK(nlohmann::json::parse(print({}, form::json)).at("tunnels").empty());
}
