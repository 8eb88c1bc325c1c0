#!/usr/bin/env node
import { EXIT_CODES } from "./exit-codes.js";
import { runProgram } from "./program.js";

process.exitCode = EXIT_CODES[await runProgram(process.argv.slice(2))].code;
