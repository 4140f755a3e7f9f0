#!/bin/sh
# Prints as tables in Markdown what each format of weights and of the KV cache costs: first how far logits are from PyTorch's on
# the reference models, then in perplexity on the embedded model.
#
#   docs/accuracy.sh
#
# Needs Maven, target/altiplano.jar and a JDK 25 as java; takes some minutes.
set -eu
model=src/main/resources/model/demo
mvn -B -q test -Dtest=FormatAccuracyTest
cat target/accuracy.md
echo
java -jar target/altiplano.jar eval $model --weights f32,bf16,f16,q8_0,q6_k,q5_k,q4_k,q4_0 --kv-format f32
echo
java -jar target/altiplano.jar eval $model --weights f32 --kv-format f32,i16,f16,q8_0
